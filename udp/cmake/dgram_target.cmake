# SPDX-License-Identifier: MIT
# dgram_target(<name>): what every target of ours has in common. The warnings are strict and apply to
# our own targets only, so that a project that links the library never inherits them.
function(dgram_target name)
  target_compile_features(${name} PUBLIC cxx_std_20)
  target_compile_options(${name} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
    -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wnull-dereference -Wformat=2
    $<$<BOOL:${DGRAM_WERROR}>:-Werror>)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 reports null dereferences, and overlaps of strings (GCC bug 105651), inside its own inlined
    # containers at -O2 and above.
    target_compile_options(${name} PRIVATE -Wno-null-dereference -Wno-restrict)
    if(DGRAM_SANITIZE MATCHES "thread")
      target_compile_options(${name} PRIVATE -Wno-tsan)  # asio has a fence that TSan does not follow
    endif()
  endif()
  if(DGRAM_SANITIZE)
    target_compile_options(${name} PRIVATE -fsanitize=${DGRAM_SANITIZE} -fno-omit-frame-pointer
      -fno-sanitize-recover=all -UNDEBUG)  # whoever looks for bugs wants the assertions too
    target_link_options(${name} PUBLIC -fsanitize=${DGRAM_SANITIZE})
  endif()
endfunction()
