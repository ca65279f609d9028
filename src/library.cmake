# SPDX-License-Identifier: Apache-2.0
# The library: one set of objects, a shared and a static library.
add_library(mrtd_objects OBJECT
  src/base/codes.c
  src/base/crc32.c
  src/base/error.c
  src/base/findings.c
  src/base/guid.c
  src/base/hex.c
  src/base/pieces.c
  src/base/request.c
  src/base/source.c
  src/base/source_copy.c
  src/base/span.c
  src/base/value.c
  src/base/version.c
  src/events/boot.c
  src/events/events.c
  src/events/hobs.c
  src/events/log.c
  src/events/log_walk.c
  src/events/ovmf.c
  src/events/ovmf_files.c
  src/events/ovmf_image.c
  src/events/shim.c
  src/events/smbios.c
  src/events/uki.c
  src/events/uki_initrd.c
  src/evidence/certificate_table.c
  src/evidence/evidence.c
  src/evidence/snp_report.c
  src/evidence/tdinfo.c
  src/hash/block_hash.c
  src/hash/constants.c
  src/hash/cpu.c
  src/hash/digest.c
  src/hash/scalar.c
  src/hash/select.c
  src/hash/sha256.c
  src/hash/sha384.c
  src/image/bzimage.c
  src/image/disk.c
  src/image/format.c
  src/image/gpt_event.c
  src/image/guid_table.c
  src/image/igvm/directives.c
  src/image/igvm/header.c
  src/image/igvm/platforms.c
  src/image/igvm/walk.c
  src/image/image.c
  src/image/pe.c
  src/image/region.c
  src/image/sev/metadata.c
  src/image/sev/regions.c
  src/image/tdvf/image_rules.c
  src/image/tdvf/locate.c
  src/image/tdvf/metadata.c
  src/image/tdvf/rules.c
  src/image/tdvf/section_rules.c
  src/image/uki.c
  src/launch/accept.c
  src/launch/deviations.c
  src/launch/igvm.c
  src/launch/launch.c
  src/launch/plan.c
  src/launch/snp/accept.c
  src/launch/snp/build.c
  src/launch/snp/gce.c
  src/launch/snp/hash_table.c
  src/launch/snp/igvm.c
  src/launch/snp/igvm_vmms.c
  src/launch/snp/igvm_vmsa.c
  src/launch/snp/parts.c
  src/launch/snp/qemu.c
  src/launch/snp/qemu_igvm.c
  src/launch/snp/sections.c
  src/launch/snp/sev.c
  src/launch/snp/vcpu.c
  src/launch/snp/vmms.c
  src/launch/snp/vmsa.c
  src/launch/tdx/accept.c
  src/launch/tdx/build.c
  src/launch/tdx/cloud_hypervisor.c
  src/launch/tdx/gce.c
  src/launch/tdx/igvm.c
  src/launch/tdx/kvm.c
  src/launch/tdx/notes.c
  src/launch/tdx/qemu.c
  src/launch/tdx/reset_code.c
  src/launch/tdx/rules.c
  src/launch/tdx/spec.c
  src/launch/tdx/td_shim.c
  src/launch/tdx/vmm.c
  src/launch/vmm.c
  src/measure/measure.c
  src/measure/platform.c
  src/measure/run.c
  src/measure/sev.c
  src/measure/snp.c
  src/measure/snp_chain.c
  src/measure/snp_search.c
  src/measure/snp_search_igvm.c
  src/measure/snp_space.c
  src/measure/tdx.c
  src/measure/tdx_many.c
  src/measure/tdx_stream.c
  src/measure/verity.c
  src/measure/verity_superblock.c
  src/verify/certificate.c
  src/verify/certificates.c
  src/verify/chain.c
  src/verify/check.c
  src/verify/crl.c
  src/verify/der.c
  src/verify/moment.c
  src/verify/pck_extension.c
  src/verify/pem.c
  src/verify/reasons.c
  src/verify/roots.c
  src/verify/snp_chain.c
  src/verify/snp_family.c
  src/verify/snp_report.c
  src/verify/tdx_collateral.c
  src/verify/tdx_quote.c
  src/verify/tdx_tcb.c
  src/verify/vek_extension.c
  src/verify/verify.c)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$" AND CMAKE_SIZEOF_VOID_P EQUAL 8)
  target_sources(mrtd_objects PRIVATE src/hash/avx2.c src/hash/avx512.c)
  set_source_files_properties(src/hash/avx2.c PROPERTIES COMPILE_OPTIONS -mavx2)
  set_source_files_properties(src/hash/avx512.c PROPERTIES
    COMPILE_OPTIONS "-mavx512f;-mavx512bw;-mavx512vl")
endif()
set_target_properties(mrtd_objects PROPERTIES
  POSITION_INDEPENDENT_CODE ON
  C_VISIBILITY_PRESET hidden)
target_include_directories(mrtd_objects PRIVATE include src)
target_link_libraries(mrtd_objects PRIVATE mrtd_build)
if(MRTD_LIBCRYPTO)
  target_sources(mrtd_objects PRIVATE
    src/hash/libcrypto.c src/verify/crypto.c)
  target_compile_definitions(mrtd_objects PRIVATE MRTD_LIBCRYPTO)
  target_link_libraries(mrtd_objects PRIVATE OpenSSL::Crypto)
else()
  target_sources(mrtd_objects PRIVATE src/verify/no_crypto.c)
endif()

foreach(kind IN ITEMS shared static)
  string(TOUPPER ${kind} KIND)
  add_library(mrtd_${kind} ${KIND} $<TARGET_OBJECTS:mrtd_objects>)
  add_library(mrtd::${kind} ALIAS mrtd_${kind})
  target_include_directories(mrtd_${kind} PUBLIC
    $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  set_target_properties(mrtd_${kind} PROPERTIES
    OUTPUT_NAME mrtd EXPORT_NAME ${kind})
endforeach()
set(mrtd_crypto $<$<BOOL:${MRTD_LIBCRYPTO}>:OpenSSL::Crypto>)
target_link_libraries(mrtd_shared PRIVATE
  $<BUILD_INTERFACE:mrtd_build> ${mrtd_crypto})
target_link_libraries(mrtd_static
  PRIVATE $<BUILD_INTERFACE:mrtd_build> PUBLIC ${mrtd_crypto})
target_link_options(mrtd_shared PRIVATE
  -Wl,--version-script=${CMAKE_SOURCE_DIR}/src/libmrtd.map
  # A sanitizer's runtime is the program's to bring.
  $<$<NOT:$<BOOL:${MRTD_SANITIZE}>>:-Wl,--no-undefined>)
set_target_properties(mrtd_shared PROPERTIES
  VERSION ${PROJECT_VERSION}
  SOVERSION ${MRTD_SOVERSION}
  LINK_DEPENDS ${CMAKE_SOURCE_DIR}/src/libmrtd.map)

install(TARGETS mrtd_shared EXPORT mrtd
  LIBRARY COMPONENT library NAMELINK_COMPONENT development)
install(TARGETS mrtd_static EXPORT mrtd ARCHIVE COMPONENT development)
install(FILES include/mrtd.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  COMPONENT development)
file(GLOB headers CONFIGURE_DEPENDS include/mrtd/*.h)
install(FILES ${headers} include/mrtd/codes.def
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/mrtd COMPONENT development)

# A page a topic, and for each other function in its NAME a page that leads to
# it.
file(GLOB pages CONFIGURE_DEPENDS docs/man3/*.3)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${pages})
file(REMOVE_RECURSE ${CMAKE_BINARY_DIR}/man3)
foreach(page IN LISTS pages)
  get_filename_component(topic ${page} NAME_WE)
  file(STRINGS ${page} names REGEX "^\\.Nm mrtd_")
  list(TRANSFORM names REPLACE "^\\.Nm ([a-z0-9_]+).*" "\\1")
  list(REMOVE_ITEM names ${topic})
  foreach(name IN LISTS names)
    file(WRITE ${CMAKE_BINARY_DIR}/man3/${name}.3 ".so man3/${topic}.3\n")
  endforeach()
endforeach()
install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man3
  COMPONENT development)
install(DIRECTORY ${CMAKE_BINARY_DIR}/man3 DESTINATION ${CMAKE_INSTALL_MANDIR}
  COMPONENT development)

set(mrtd_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/mrtd)
install(EXPORT mrtd NAMESPACE mrtd:: FILE mrtd-targets.cmake
  DESTINATION ${mrtd_cmake_dir} COMPONENT development)
configure_file(src/mrtd-config.cmake.in mrtd-config.cmake @ONLY)
write_basic_package_version_file(mrtd-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${CMAKE_BINARY_DIR}/mrtd-config.cmake
  ${CMAKE_BINARY_DIR}/mrtd-config-version.cmake
  DESTINATION ${mrtd_cmake_dir} COMPONENT development)
if(MRTD_LIBCRYPTO)
  set(MRTD_REQUIRES "libcrypto >= 3.0")
endif()
configure_file(src/libmrtd.pc.in libmrtd.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/libmrtd.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
