# SPDX-License-Identifier: Apache-2.0
# CMake knows the system WASI from 3.31 on.
set(CMAKE_EXECUTABLE_SUFFIX .wasm)
# Without <FLAGS>: where clang finds -O, it runs whatever wasm-opt is in PATH,
# and the bytes depend on that (LLVM issue 55781).
set(CMAKE_C_LINK_EXECUTABLE
  "<CMAKE_C_COMPILER> --target=${CMAKE_C_COMPILER_TARGET} <CMAKE_C_LINK_FLAGS> <LINK_FLAGS> <OBJECTS> -o <TARGET> <LINK_LIBRARIES>")
