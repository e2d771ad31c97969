# SPDX-License-Identifier: MIT
# Installs the library into a folder of its own and builds a stand-alone project against nothing but that.
# cmake -DBUILD=... -DSOURCE=... -DSCRATCH=... [-DCOMPILER=...] -DSANITIZE=... -P install_test.cmake
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nended with ${status}:\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE "${SCRATCH}")
set(prefix "${SCRATCH}/prefix")
run(${CMAKE_COMMAND} --install "${BUILD}" --prefix "${prefix}")

set(flags "")
if(SANITIZE)
  set(flags "-DCMAKE_CXX_FLAGS=-fsanitize=${SANITIZE}")
endif()
run(${CMAKE_COMMAND} -S "${SOURCE}/tests/install/consumer" -B "${SCRATCH}/by-cmake"
  "-DCMAKE_PREFIX_PATH=${prefix}" "-DCMAKE_CXX_COMPILER=${COMPILER}" -DCMAKE_BUILD_TYPE=Release ${flags})
run(${CMAKE_COMMAND} --build "${SCRATCH}/by-cmake")
run("${SCRATCH}/by-cmake/consumer")

find_program(PKG_CONFIG pkg-config)
if(PKG_CONFIG)
  file(GLOB_RECURSE pc_file "${prefix}/dgram.pc")
  get_filename_component(pc_folder "${pc_file}" DIRECTORY)
  execute_process(COMMAND ${CMAKE_COMMAND} -E env "PKG_CONFIG_PATH=${pc_folder}" "${PKG_CONFIG}"
    "--define-variable=prefix=${prefix}" --cflags --libs dgram
    OUTPUT_VARIABLE arguments OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(arguments UNIX_COMMAND "${arguments}")
  if(SANITIZE)
    list(APPEND arguments "-fsanitize=${SANITIZE}")
  endif()
  run(${COMPILER} -std=c++20 "${SOURCE}/tests/install/consumer/consumer.cc" ${arguments} -o "${SCRATCH}/by-pkg-config")
  run("${SCRATCH}/by-pkg-config")
endif()
file(REMOVE_RECURSE "${SCRATCH}")
