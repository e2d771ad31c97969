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
    # What g++ 12 guesses about code after it inlined it is often wrong about its own containers and strings
    # (GCC bugs 105329, 105651), and depends on the optimization: it warns, it does not stop the build.
    target_compile_options(${name} PRIVATE -Wno-null-dereference -Wno-restrict -Wno-error=array-bounds
      -Wno-error=stringop-overflow -Wno-error=maybe-uninitialized -Wno-error=mismatched-new-delete)
  endif()
  if(DGRAM_SANITIZE)
    target_compile_options(${name} PRIVATE -fsanitize=${DGRAM_SANITIZE} -fno-omit-frame-pointer
      -fno-sanitize-recover=all -UNDEBUG)  # whoever looks for bugs wants the assertions too
    # Instrumented code gives g++ many false alarms (its manual says so); the other builds have the warnings.
    target_compile_options(${name} PRIVATE -w)
    target_link_options(${name} PUBLIC -fsanitize=${DGRAM_SANITIZE})
  endif()
endfunction()
