# SPDX-License-Identifier: Apache-2.0
# Debian packages, one for each component of the installation; the preset
# "package" has the folders that Debian wants. What Debian wants of the files is
# done by stage.cmake, so that "cmake --install" is as it would be elsewhere.
set(MRTD_MAINTAINER "mrtd-calc maintainers <maintainers@mrtd-calc.example>"
  CACHE STRING "Who is named in the packages: Name <address>")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME mrtd-calc)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT ${MRTD_MAINTAINER})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY
  "launch measurements of confidential-VM firmware")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE
  GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL program library development)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/stage.cmake)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME mrtd-calc)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION
"mrtd-calc predicts the MRTD that Intel TDX measures of firmware (OVMF,
td-shim, IGVM files), says why a value in a quote is another one, and writes
reference values for attestation services.
.
This package has the program, its manual and further documentation, and
completions for shells.")

set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libmrtd${MRTD_SOVERSION})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_MULTIARCH same)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION
"libmrtd predicts the MRTD that Intel TDX measures of firmware (OVMF, td-shim,
IGVM files). It does no input or output of its own.
.
This package has the shared library.")
# dpkg-shlibdeps of other packages, and ldconfig, know the library by these.
file(WRITE ${CMAKE_BINARY_DIR}/packaging/shlibs
  "libmrtd ${MRTD_SOVERSION} "
  "${CPACK_DEBIAN_LIBRARY_PACKAGE_NAME} (>= ${PROJECT_VERSION})\n")
file(WRITE ${CMAKE_BINARY_DIR}/packaging/triggers "activate-noawait ldconfig\n")
# cpack would write a postinst and a postrm that call ldconfig, too, unless they
# are named; these are not there, and then are not packed.
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA
  ${CMAKE_BINARY_DIR}/packaging/shlibs ${CMAKE_BINARY_DIR}/packaging/triggers
  ${CMAKE_BINARY_DIR}/packaging/none/postinst
  ${CMAKE_BINARY_DIR}/packaging/none/postrm)

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libmrtd-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libssl-dev (>= 3.0), \
${CPACK_DEBIAN_LIBRARY_PACKAGE_NAME} (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_MULTIARCH same)
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
"libmrtd predicts the MRTD that Intel TDX measures of firmware (OVMF, td-shim,
IGVM files). It does no input or output of its own.
.
This package has the header, the static library, the manual, and what
find_package() and pkg-config need.")

include(CPack)
