# SPDX-License-Identifier: Apache-2.0
# Run by cpack over the files to be packed: compressed manuals, copyright and
# changelog, and the time of SOURCE_DATE_EPOCH on all.
# Without these cpack would leave out the packages' dependencies, or stop with
# less of a reason.
foreach(tool IN ITEMS file dpkg-shlibdeps)
  find_program(${tool}_FOUND ${tool})
  if(NOT ${tool}_FOUND)
    message(FATAL_ERROR "${tool} is missing: apt install file dpkg-dev")
  endif()
endforeach()

foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  string(TOUPPER ${component} COMPONENT)
  set(package ${CPACK_DEBIAN_${COMPONENT}_PACKAGE_NAME})
  set(top ${CPACK_TEMPORARY_DIRECTORY}/${component})
  set(doc ${top}/usr/share/doc/${package})

  file(COPY ${CMAKE_CURRENT_LIST_DIR}/copyright DESTINATION ${doc}
    FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ
    DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
    GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  # It is SOURCE_DATE_EPOCH's, if that is set.
  string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
  file(WRITE ${doc}/changelog
    "mrtd-calc (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium\n\n"
    "  * What is new is said in docs/CHANGELOG.md of the source and of the\n"
    "    package mrtd-calc.\n\n"
    " -- ${CPACK_PACKAGE_CONTACT}  ${date}\n")
  file(CHMOD ${doc}/changelog
    PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
  file(GLOB compressed ${top}/usr/share/man/*/* ${doc}/changelog)
  execute_process(COMMAND gzip -n9 ${compressed} COMMAND_ERROR_IS_FATAL ANY)

  if(CPACK_STRIP_FILES)
    file(GLOB_RECURSE archives ${top}/usr/*.a)
    if(archives)
      execute_process(COMMAND strip --strip-debug --enable-deterministic-archives
        ${archives} COMMAND_ERROR_IS_FATAL ANY)
    endif()
  endif()
  if(DEFINED ENV{SOURCE_DATE_EPOCH})
    execute_process(COMMAND find ${top} -exec
      touch --no-dereference --date=@$ENV{SOURCE_DATE_EPOCH} {} +
      COMMAND_ERROR_IS_FATAL ANY)
  endif()
endforeach()
