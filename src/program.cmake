# SPDX-License-Identifier: Apache-2.0
# Its objects are the fuzz targets', too.
add_library(mrtd_program OBJECT
  src/program/failure.c
  src/program/file_kind.c
  src/program/printable.c
  src/program/io/diagnostic.c
  src/program/io/input_read.c
  src/program/io/input_whole.c
  src/program/io/outfile.c
  src/program/io/output.c
  src/program/io/progress.c
  src/program/options/checks.c
  src/program/options/command.c
  src/program/options/help.c
  src/program/options/options.c
  src/program/options/rows.c
  src/program/options/spelling.c
  src/program/options/values.c
  src/program/firmware/causes.c
  src/program/firmware/compare.c
  src/program/firmware/cover.c
  src/program/firmware/ffs.c
  src/program/firmware/map.c
  src/program/firmware/names.c
  src/program/firmware/pe.c
  src/program/firmware/places.c
  src/program/firmware/unpack.c
  src/program/reference/base64.c
  src/program/reference/boot_values.c
  src/program/reference/initdata_value.c
  src/program/reference/claims.c
  src/program/reference/claims_boot.c
  src/program/reference/claims_boot_forms.c
  src/program/reference/claims_dump.c
  src/program/reference/claims_encoded.c
  src/program/reference/claims_evidence.c
  src/program/reference/claims_files.c
  src/program/reference/claims_flashbots.c
  src/program/reference/claims_forms.c
  src/program/reference/claims_guest.c
  src/program/reference/claims_guest_json.c
  src/program/reference/claims_json.c
  src/program/reference/claims_lines.c
  src/program/reference/claims_lists.c
  src/program/reference/claims_manifest.c
  src/program/reference/claims_members.c
  src/program/reference/claims_members_table.c
  src/program/reference/claims_names.c
  src/program/reference/claims_nested.c
  src/program/reference/claims_own.c
  src/program/reference/claims_own_boot.c
  src/program/reference/claims_patch.c
  src/program/reference/claims_peel.c
  src/program/reference/claims_place.c
  src/program/reference/claims_policy.c
  src/program/reference/claims_read.c
  src/program/reference/claims_protojson.c
  src/program/reference/claims_rego.c
  src/program/reference/claims_rego_boot.c
  src/program/reference/claims_rego_body.c
  src/program/reference/claims_rego_import.c
  src/program/reference/claims_rego_judge.c
  src/program/reference/claims_rego_take.c
  src/program/reference/claims_rego_term.c
  src/program/reference/claims_rego_text.c
  src/program/reference/claims_rego_use.c
  src/program/reference/claims_serde.c
  src/program/reference/claims_store.c
  src/program/reference/claims_terms.c
  src/program/reference/claims_text.c
  src/program/reference/claims_tinfoil.c
  src/program/reference/claims_textproto.c
  src/program/reference/claims_turn.c
  src/program/reference/claims_walk.c
  src/program/reference/digests.c
  src/program/reference/dsse.c
  src/program/reference/environment.c
  src/program/reference/formats.c
  src/program/reference/guest.c
  src/program/reference/guest_names.c
  src/program/reference/id_block.c
  src/program/reference/json.c
  src/program/reference/kinds.c
  src/program/reference/recognize.c
  src/program/reference/settings.c
  src/program/reference/textproto_fields.c
  src/program/reference/values_json.c
  src/program/reference/write_guest.c
  src/program/reference/write_json.c
  src/program/reference/write_text.c
  src/program/model/acceptance.c
  src/program/model/against.c
  src/program/model/against_evidence.c
  src/program/model/answer.c
  src/program/model/beside.c
  src/program/model/boot.c
  src/program/model/boot_answer.c
  src/program/model/boot_line.c
  src/program/model/boot_ovmf.c
  src/program/model/boot_search.c
  src/program/model/boot_rtmr0.c
  src/program/model/boot_shim.c
  src/program/model/boot_origin.c
  src/program/model/boot_words.c
  src/program/model/boot_uki.c
  src/program/model/bundle.c
  src/program/model/bundle_inputs.c
  src/program/model/changes.c
  src/program/model/collateral.c
  src/program/model/collateral_answer.c
  src/program/model/collateral_json.c
  src/program/model/collateral_kind.c
  src/program/model/collateral_reader.c
  src/program/model/collateral_text.c
  src/program/model/comparison.c
  src/program/model/consumers.c
  src/program/model/corim.c
  src/program/model/documents.c
  src/program/model/evaluation.c
  src/program/model/event_boot.c
  src/program/model/evidence.c
  src/program/model/evidence_lists.c
  src/program/model/event_log.c
  src/program/model/event_log_events.c
  src/program/model/event_pairs.c
  src/program/model/event_log_json.c
  src/program/model/event_replace.c
  src/program/model/evaluation_guest.c
  src/program/model/facts.c
  src/program/model/firmware.c
  src/program/model/firmware_boot.c
  src/program/model/firmware_guest.c
  src/program/model/guest_facts.c
  src/program/model/id_block.c
  src/program/model/image_check.c
  src/program/model/image_format.c
  src/program/model/kata.c
  src/program/model/kata_rules.c
  src/program/model/initdata.c
  src/program/model/initdata_toml.c
  src/program/model/known_answers.c
  src/program/model/launch_options.c
  src/program/model/launches.c
  src/program/model/line_roots.c
  src/program/model/line_tables.c
  src/program/model/list.c
  src/program/model/list_line.c
  src/program/model/manifest.c
  src/program/model/manifest_boot.c
  src/program/model/manifest_json.c
  src/program/model/manifest_launch.c
  src/program/model/manifest_members.c
  src/program/model/mistaken.c
  src/program/model/portrait.c
  src/program/model/ranges.c
  src/program/model/reach.c
  src/program/model/refusals.c
  src/program/model/regions.c
  src/program/model/sample.c
  src/program/model/saved.c
  src/program/model/side.c
  src/program/model/snp_answer.c
  src/program/model/snp_traps.c
  src/program/model/tcb.c
  src/program/model/tdinfo.c
  src/program/model/tdinfo_manifest.c
  src/program/model/trap_values.c
  src/program/model/traps.c
  src/program/model/verification.c
  src/program/model/verification_boot.c
  src/program/model/verity.c
  src/program/model/verity_params.c
  src/program/model/vmms.c
  src/program/model/words_differ.c
  src/program/report/about.c
  src/program/report/bands.c
  src/program/report/boot_json.c
  src/program/report/check_boot.c
  src/program/report/check_evidence.c
  src/program/report/uki_json.c
  src/program/report/bundle_lists.c
  src/program/report/check_json.c
  src/program/report/check_snp.c
  src/program/report/check_snp_json.c
  src/program/report/check_text.c
  src/program/report/diff_json.c
  src/program/report/diff_text.c
  src/program/report/event_boot.c
  src/program/report/event_log.c
  src/program/report/evidence_fields.c
  src/program/report/evidence_json.c
  src/program/report/evidence_text.c
  src/program/report/evidence_words.c
  src/program/report/explain.c
  src/program/report/id_block_json.c
  src/program/report/id_block_text.c
  src/program/report/guest_json.c
  src/program/report/guest_plan.c
  src/program/report/guest_text.c
  src/program/report/guest_words.c
  src/program/report/igvm.c
  src/program/report/image_json.c
  src/program/report/initdata.c
  src/program/report/json.c
  src/program/report/kata.c
  src/program/report/lines.c
  src/program/report/lint_json.c
  src/program/report/lint_text.c
  src/program/report/markup.c
  src/program/report/page.c
  src/program/report/page_boot.c
  src/program/report/page_inputs.c
  src/program/report/page_command.c
  src/program/report/page_guest.c
  src/program/report/page_sections.c
  src/program/report/page_values.c
  src/program/report/page_verify.c
  src/program/report/picture.c
  src/program/report/picture_head.c
  src/program/report/show.c
  src/program/report/show_json.c
  src/program/report/show_parts.c
  src/program/report/show_text.c
  src/program/report/style.c
  src/program/report/tdinfo_json.c
  src/program/report/tdinfo_text.c
  src/program/report/verity_json.c
  src/program/report/verity_text.c
  src/program/report/words.c
  src/program/groups/boot_options.c
  src/program/groups/uki_options.c
  src/program/groups/collateral_options.c
  src/program/groups/contents.c
  src/program/groups/expectation.c
  src/program/groups/evidence_options.c
  src/program/groups/guest.c
  src/program/groups/guest_words.c
  src/program/groups/identity.c
  src/program/groups/image_options.c
  src/program/groups/kata_options.c
  src/program/groups/initdata_options.c
  src/program/groups/launching.c
  src/program/groups/rtmr0_options.c
  src/program/groups/tree_options.c
  src/program/groups/verifying.c
  src/program/groups/vmsas.c
  src/program/groups/words.c
  src/program/commands/batch.c
  src/program/commands/bundle.c
  src/program/commands/check.c
  src/program/commands/checklist.c
  src/program/commands/commands.c
  src/program/commands/cmdline.c
  src/program/commands/diff.c
  src/program/commands/events.c
  src/program/commands/evidence.c
  src/program/commands/expected.c
  src/program/commands/help.c
  src/program/commands/id_block.c
  src/program/commands/initdata.c
  src/program/commands/lint.c
  src/program/commands/measure.c
  src/program/commands/open.c
  src/program/commands/publish.c
  src/program/groups/publish_options.c
  src/program/commands/reference.c
  src/program/commands/selftest.c
  src/program/commands/show.c
  src/program/commands/tdinfo.c
  src/program/commands/bundle_verify.c
  src/program/commands/verify.c
  src/program/commands/verity.c)
target_include_directories(mrtd_program PUBLIC src src/program)
target_compile_definitions(mrtd_program PUBLIC _GNU_SOURCE)
target_link_libraries(mrtd_program PUBLIC mrtd_build mrtd_static)
if(WASI)
  target_sources(mrtd_program PRIVATE src/program/io/wasi.c)
  # In output.c, which ignores one.
  target_compile_definitions(mrtd_program PRIVATE _WASI_EMULATED_SIGNAL)
  target_link_libraries(mrtd_program PUBLIC -lwasi-emulated-signal)
  # 64 KiB are too few; and what names functions is not needed.
  target_link_options(mrtd_program PUBLIC -Wl,-z,stack-size=1048576 -Wl,--strip-all)
else()
  target_sources(mrtd_program PRIVATE
    src/program/io/deposit.c src/program/io/input.c src/program/io/message.c
    src/program/io/outputs.c src/program/io/parallel.c
    src/program/io/pending.c src/program/io/place.c
    src/program/io/warden.c src/program/io/warden_side.c)
  target_link_libraries(mrtd_program PUBLIC Threads::Threads)
endif()
if(MRTD_LIBCRYPTO)
  target_sources(mrtd_program PRIVATE src/program/io/key.c
    src/program/reference/id_auth.c src/program/reference/signature.c)
  target_link_libraries(mrtd_program PUBLIC OpenSSL::Crypto)
else()
  target_sources(mrtd_program PRIVATE src/program/reference/no_crypto.c)
endif()
add_executable(mrtd-calc src/program/main.c
  $<IF:$<BOOL:${MRTD_SANDBOX}>,src/program/io/sandbox.c,src/program/io/no_sandbox.c>)
target_link_libraries(mrtd-calc PRIVATE mrtd_program)
if(MRTD_STATIC)
  foreach(library IN ITEMS jansson lzma)
    string(TOUPPER ${library} LIBRARY)
    find_library(${LIBRARY}_ARCHIVE lib${library}.a REQUIRED)
    target_include_directories(mrtd_program PRIVATE ${${LIBRARY}_INCLUDE_DIRS})
    target_link_libraries(mrtd_program PUBLIC ${${LIBRARY}_ARCHIVE})
  endforeach()
  # Debian has no static libcbor: no CoRIM and no CoSWID, then.
  target_sources(mrtd_program PRIVATE src/program/reference/no_cbor.c
    src/program/reference/no_cose.c)
  # libcrypto holds functions that glibc warns of in static programs, as
  # getaddrinfo(); none of them is called here.
  target_link_options(mrtd-calc PRIVATE -static-pie -Wl,--no-warnings)
elseif(WASI)
  target_sources(mrtd_program PRIVATE src/program/reference/no_cbor.c
    src/program/reference/no_cose.c)
  target_link_libraries(mrtd_program PUBLIC jansson lzma)
else()
  target_sources(mrtd_program PRIVATE
    src/program/reference/cbor_build.c src/program/reference/cbor_check.c
    src/program/reference/cbor_read.c src/program/reference/cbor_table.c
    src/program/reference/claims_cbor.c
    src/program/reference/claims_corim.c src/program/reference/claims_corim_snp.c
    src/program/reference/claims_coswid.c
    $<IF:$<BOOL:${MRTD_LIBCRYPTO}>,src/program/reference/cose.c,src/program/reference/no_cose.c>
    src/program/reference/cose_read.c
    src/program/reference/corim_environment.c
    src/program/reference/corim_measurement.c
    src/program/reference/corim_registers.c
    src/program/reference/corim_snp.c src/program/reference/write_cbor.c)
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
