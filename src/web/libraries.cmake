# SPDX-License-Identifier: Apache-2.0
# jansson and liblzma for WebAssembly, of which Debian has none: from its source
# packages, as tests/setup brings them, without Debian's patches (docs/web.md).
# sources.sha256 is the one list of the archives.
set(cache $ENV{XDG_CACHE_HOME})
if(NOT cache)
  set(cache $ENV{HOME}/.cache)
endif()
set(MRTD_SOURCES ${cache}/mrtd-calc CACHE PATH
  "Where the archives of src/web/sources.sha256 are")

file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/sources.sha256 lines)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  ${CMAKE_CURRENT_LIST_DIR}/sources.sha256)
foreach(line IN LISTS lines)
  string(REGEX MATCH "^([0-9a-f]+)  (([^_]*)_([0-9.]*)\\.orig\\..*)$" _ ${line})
  set(archive ${MRTD_SOURCES}/${CMAKE_MATCH_2})
  set(expected ${CMAKE_MATCH_1})
  set(package ${CMAKE_MATCH_3})
  if(NOT EXISTS ${archive})
    message(FATAL_ERROR "${archive} is missing: tests/setup wasi fetches it, "
      "or -DMRTD_SOURCES=FOLDER says where it is.")
  endif()
  file(SHA256 ${archive} found)
  if(NOT found STREQUAL expected)
    message(FATAL_ERROR "${archive} has the SHA-256 ${found}, and not the "
      "${expected} of src/web/sources.sha256: remove it and run tests/setup "
      "wasi.")
  endif()
  set(folder ${CMAKE_BINARY_DIR}/sources/${package})
  file(REMOVE_RECURSE ${folder})
  file(ARCHIVE_EXTRACT INPUT ${archive} DESTINATION ${folder})
  file(GLOB ${package} ${folder}/*)
endforeach()

# What both are compiled with; what is in them is not ours to mend.
add_library(web_library INTERFACE)
target_compile_options(web_library INTERFACE -w
  -ffile-prefix-map=${CMAKE_BINARY_DIR}=build)

# The configuration that its configure script would write.
set(json_inline inline)
set(json_have_long_long 1)
set(json_have_localeconv 0)
set(json_have_atomic_builtins 0)
set(json_have_sync_builtins 0)
configure_file(${jansson}/src/jansson_config.h.in
  ${CMAKE_BINARY_DIR}/jansson/jansson_config.h @ONLY)
foreach(name IN ITEMS dump error hashtable hashtable_seed load memory
    pack_unpack strbuffer strconv utf value version)
  list(APPEND jansson_files ${jansson}/src/${name}.c)
endforeach()
# What its files include without being asked; what it would say is below.
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/jansson/jansson_private_config.h
  CONTENT "")
add_library(jansson STATIC ${jansson_files})
target_include_directories(jansson SYSTEM PUBLIC
  ${jansson}/src ${CMAKE_BINARY_DIR}/jansson)
target_compile_definitions(jansson PRIVATE HAVE_STDINT_H HAVE_UNISTD_H
  HAVE_SYS_TIME_H HAVE_GETTIMEOFDAY HAVE_STRTOLL)
target_link_libraries(jansson PRIVATE web_library)

# What unpacks a raw stream of LZMA1 with the filter for x86; the rest is left
# out.
set(liblzma ${xz-utils}/src/liblzma)
foreach(name IN ITEMS common/common common/filter_common common/filter_decoder
    common/filter_buffer_decoder lz/lz_decoder lzma/lzma_decoder
    simple/simple_coder simple/simple_decoder simple/x86)
  list(APPEND liblzma_files ${liblzma}/${name}.c)
endforeach()
add_library(lzma STATIC ${liblzma_files})
target_include_directories(lzma SYSTEM PUBLIC ${liblzma}/api)
target_include_directories(lzma PRIVATE ${xz-utils}/src/common
  ${liblzma}/common ${liblzma}/check ${liblzma}/lz ${liblzma}/rangecoder
  ${liblzma}/lzma ${liblzma}/delta ${liblzma}/simple)
target_compile_definitions(lzma PRIVATE HAVE_STDINT_H HAVE_STDBOOL_H
  HAVE_INTTYPES_H HAVE_STRING_H HAVE_DECODERS HAVE_DECODER_LZMA1
  HAVE_DECODER_X86 HAVE_VISIBILITY=0 SIZEOF_SIZE_T=4
  TUKLIB_SYMBOL_PREFIX=lzma_
  # Its mythread.h blocks signals, of which there are none here.
  _WASI_EMULATED_SIGNAL sigset_t=int)
target_compile_options(lzma PRIVATE "-Dsigprocmask(how,set,old)=0")
target_link_libraries(lzma PRIVATE web_library)

# Their licences, and those of what clang links, which want to be with the wasm.
set(doc /usr/share/doc)
set(notice "mrtd-calc.wasm is made of mrtd-calc, under the Apache License, \
version 2.0, and of the following.\n")
foreach(part IN ITEMS "jansson:${jansson}/LICENSE"
    "liblzma, of XZ Utils:${xz-utils}/COPYING"
    "wasi-libc:${doc}/wasi-libc/copyright"
    "compiler-rt, of LLVM:${doc}/libclang-rt-14-dev-wasm32/copyright")
  string(REGEX MATCH "^(.*):(.*)$" _ ${part})
  set(title ${CMAKE_MATCH_1})
  file(READ ${CMAKE_MATCH_2} text)
  string(APPEND notice "\n--- ${title} ---\n\n${text}")
endforeach()
file(WRITE ${CMAKE_BINARY_DIR}/NOTICE "${notice}")
