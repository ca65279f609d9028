# SPDX-License-Identifier: Apache-2.0
# Its objects are the fuzz targets', too.
add_library(mrtd_program OBJECT
  src/cli/against.c
  src/cli/bands.c
  src/cli/batch.c
  src/cli/bundle.c
  src/cli/bundle_lists.c
  src/cli/check.c
  src/cli/check_json.c
  src/cli/check_text.c
  src/cli/checklist.c
  src/cli/combinations.c
  src/cli/commands.c
  src/cli/deposit.c
  src/cli/diagnostic.c
  src/cli/diff.c
  src/cli/diff_json.c
  src/cli/diff_text.c
  src/cli/digests.c
  src/cli/documents.c
  src/cli/evaluation.c
  src/cli/explain.c
  src/cli/firmware.c
  src/cli/help.c
  src/cli/igvm.c
  src/cli/image_format.c
  src/cli/input.c
  src/cli/json.c
  src/cli/key.c
  src/cli/lint.c
  src/cli/lint_json.c
  src/cli/list_file.c
  src/cli/list_line.c
  src/cli/manifest.c
  src/cli/markup.c
  src/cli/measure.c
  src/cli/message.c
  src/cli/mistaken.c
  src/cli/option_table.c
  src/cli/options.c
  src/cli/outfile.c
  src/cli/output.c
  src/cli/outputs.c
  src/cli/page.c
  src/cli/page_verify.c
  src/cli/parallel.c
  src/cli/pending.c
  src/cli/picture.c
  src/cli/picture_head.c
  src/cli/place.c
  src/cli/portrait.c
  src/cli/ranges.c
  src/cli/reference.c
  src/cli/sample.c
  src/cli/saved.c
  src/cli/selftest.c
  src/cli/settings.c
  src/cli/show.c
  src/cli/side.c
  src/cli/size.c
  src/cli/spelling.c
  src/cli/style.c
  src/cli/summary.c
  src/cli/tdinfo.c
  src/cli/tdinfo_manifest.c
  src/cli/traps.c
  src/cli/variants.c
  src/cli/verify.c
  src/cli/warden.c
  src/cli/warden_side.c
  src/cli/words.c
  src/reference/claims.c
  src/reference/claims_forms.c
  src/reference/claims_json.c
  src/reference/claims_manifest.c
  src/reference/claims_members.c
  src/reference/claims_members_table.c
  src/reference/claims_names.c
  src/reference/claims_own.c
  src/reference/claims_patch.c
  src/reference/claims_place.c
  src/reference/claims_policy.c
  src/reference/claims_protojson.c
  src/reference/claims_rego.c
  src/reference/claims_rego_body.c
  src/reference/claims_rego_import.c
  src/reference/claims_rego_judge.c
  src/reference/claims_rego_take.c
  src/reference/claims_rego_term.c
  src/reference/claims_rego_text.c
  src/reference/claims_rego_use.c
  src/reference/claims_terms.c
  src/reference/claims_text.c
  src/reference/claims_textproto.c
  src/reference/claims_turn.c
  src/reference/claims_walk.c
  src/reference/environment.c
  src/reference/formats.c
  src/reference/recognize.c
  src/reference/textproto_fields.c
  src/reference/values_json.c
  src/reference/write_json.c
  src/reference/write_text.c
  src/volume/causes.c
  src/volume/compare.c
  src/volume/cover.c
  src/volume/ffs.c
  src/volume/map.c
  src/volume/names.c
  src/volume/pe.c
  src/volume/places.c
  src/volume/unpack.c)
target_include_directories(mrtd_program PUBLIC src)
target_compile_definitions(mrtd_program PUBLIC _GNU_SOURCE)
target_link_libraries(mrtd_program PUBLIC
  mrtd_build mrtd_static OpenSSL::Crypto Threads::Threads)
add_executable(mrtd-calc src/cli/main.c
  $<IF:$<BOOL:${MRTD_SANDBOX}>,src/cli/sandbox.c,src/cli/no_sandbox.c>)
target_link_libraries(mrtd-calc PRIVATE mrtd_program)
if(MRTD_STATIC)
  foreach(library IN ITEMS jansson lzma)
    string(TOUPPER ${library} LIBRARY)
    find_library(${LIBRARY}_ARCHIVE lib${library}.a REQUIRED)
    target_include_directories(mrtd_program PRIVATE ${${LIBRARY}_INCLUDE_DIRS})
    target_link_libraries(mrtd_program PUBLIC ${${LIBRARY}_ARCHIVE})
  endforeach()
  # Debian has no static libcbor: no CoRIM and no CoSWID, then.
  target_sources(mrtd_program PRIVATE src/reference/no_cbor.c)
  # libcrypto holds functions that glibc warns of in static programs, as
  # getaddrinfo(); none of them is called here.
  target_link_options(mrtd-calc PRIVATE -static-pie -Wl,--no-warnings)
else()
  target_sources(mrtd_program PRIVATE
    src/reference/cbor_build.c src/reference/cbor_check.c
    src/reference/cbor_read.c src/reference/cbor_table.c
    src/reference/claims_cbor.c
    src/reference/claims_corim.c src/reference/claims_coswid.c
    src/reference/cose.c src/reference/cose_read.c
    src/reference/corim_environment.c
    src/reference/corim_measurement.c src/reference/write_cbor.c)
  target_link_libraries(mrtd_program PUBLIC PkgConfig::JANSSON PkgConfig::CBOR
    PkgConfig::LZMA)
endif()

install(TARGETS mrtd-calc COMPONENT program)
install(FILES docs/mrtd-calc.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
  COMPONENT program)
install(FILES src/completions/mrtd-calc.bash RENAME mrtd-calc
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
  COMPONENT program)
install(FILES src/completions/mrtd-calc.fish
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d
  COMPONENT program)
install(FILES src/completions/_mrtd-calc
  DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions COMPONENT program)
file(GLOB docs CONFIGURE_DEPENDS docs/*.md)
# What leads about in the source.
list(FILTER docs EXCLUDE REGEX "/(README|architecture)\\.md$")
# With the folders of the source, so that links work.
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
install(FILES ${docs} DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs
  COMPONENT program)
install(DIRECTORY docs/examples docs/schemas
  DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs
  COMPONENT program)
