# SPDX-License-Identifier: MIT
# Finds standalone asio, which Debian packages as bare headers, and ends in the target asio::asio.
# A package that brings its own CMake config (vcpkg, Conan) is preferred.
find_package(asio CONFIG QUIET)
if(NOT TARGET asio::asio)
  find_path(ASIO_INCLUDE_DIR asio.hpp)
  find_package(Threads REQUIRED)
  if(ASIO_INCLUDE_DIR)
    file(STRINGS "${ASIO_INCLUDE_DIR}/asio/version.hpp" asio_version_line REGEX "define ASIO_VERSION ")
    string(REGEX MATCH "[0-9]+" ASIO_VERSION_NUMBER "${asio_version_line}")
    add_library(asio::asio INTERFACE IMPORTED)
    set_target_properties(asio::asio PROPERTIES
      INTERFACE_INCLUDE_DIRECTORIES "${ASIO_INCLUDE_DIR}"
      INTERFACE_COMPILE_DEFINITIONS "ASIO_STANDALONE;ASIO_NO_DEPRECATED"
      INTERFACE_LINK_LIBRARIES Threads::Threads)
    # Left to itself, asio 1.22 allocates handlers one way where it is the first header of a file and another way
    # elsewhere, and frees them the wrong way when two such files meet.
    target_compile_definitions(asio::asio INTERFACE ASIO_HAS_STD_ALIGNED_ALLOC=1)
    # asio before 1.26 looks for <experimental/coroutine> with clang; these two defines are its own switches.
    if(ASIO_VERSION_NUMBER LESS 102600)
      target_compile_definitions(asio::asio INTERFACE
        $<$<CXX_COMPILER_ID:Clang>:ASIO_HAS_CO_AWAIT=1>
        $<$<CXX_COMPILER_ID:Clang>:ASIO_HAS_STD_COROUTINE=1>)
    endif()
  endif()
endif()
include(FindPackageHandleStandardArgs)
if(TARGET asio::asio)
  set(Asio_TARGET asio::asio)
endif()
find_package_handle_standard_args(Asio REQUIRED_VARS Asio_TARGET
  REASON_FAILURE_MESSAGE "install libasio-dev, or set ASIO_INCLUDE_DIR to the folder of asio.hpp")
