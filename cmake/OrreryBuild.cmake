# SPDX-License-Identifier: BSD-3-Clause
# Language, warnings and sanitizers for every host target; helpers to declare libraries and tests.
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "build type" FORCE)
endif()

option(ORRERY_SANITIZE "build with AddressSanitizer and UBSan" OFF)
option(ORRERY_CALL_LOG "compile the call log in (a property of the SPMC manifest switches it on)" ON)

find_package(PkgConfig REQUIRED)
pkg_check_modules(UNICORN REQUIRED IMPORTED_TARGET unicorn>=2.1.1)
pkg_check_modules(LUA REQUIRED IMPORTED_TARGET lua5.4)
pkg_check_modules(CHECK REQUIRED IMPORTED_TARGET check)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(CAPSTONE REQUIRED IMPORTED_TARGET capstone)
find_library(FDT_LIBRARY fdt REQUIRED)
find_program(DTC dtc REQUIRED)

# The core must not see hosted headers, and libfdt.h includes some through libfdt_env.h: give it the
# installed libfdt.h and fdt.h beside an environment of our own.
find_path(FDT_INCLUDE libfdt.h REQUIRED)
set(ORRERY_LIBFDT_INCLUDE "${CMAKE_BINARY_DIR}/libfdt")
configure_file("${FDT_INCLUDE}/libfdt.h" "${ORRERY_LIBFDT_INCLUDE}/libfdt.h" COPYONLY)
configure_file("${FDT_INCLUDE}/fdt.h" "${ORRERY_LIBFDT_INCLUDE}/fdt.h" COPYONLY)
configure_file("${CMAKE_CURRENT_LIST_DIR}/../spmc/include/libfdt/libfdt_env.h"
               "${ORRERY_LIBFDT_INCLUDE}/libfdt_env.h" COPYONLY)

# What is compiled, everywhere, without a word from the compiler.
add_library(orrery_flags INTERFACE)
target_compile_options(orrery_flags INTERFACE
    -Wall -Wextra -Wpedantic -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes
    -Wvla -Wwrite-strings -Wpointer-arith -Wundef -fno-common
    # No path of the building machine may reach a binary.
    "-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.")
if(ORRERY_SANITIZE)
    target_compile_options(orrery_flags INTERFACE
        -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(orrery_flags INTERFACE -fsanitize=address,undefined)
endif()

# orrery_library(NAME SOURCES... ) : static library with the project's flags
function(orrery_library name)
    add_library(${name} STATIC ${ARGN})
    target_link_libraries(${name} PRIVATE orrery_flags)
endfunction()

# orrery_unit_test(NAME SOURCES src... LIBS lib...) : a Check program registered with ctest
function(orrery_unit_test name)
    cmake_parse_arguments(T "" "" "SOURCES;LIBS" ${ARGN})
    add_executable(${name} ${T_SOURCES})
    target_link_libraries(${name} PRIVATE orrery_flags ${T_LIBS} PkgConfig::CHECK)
    add_test(NAME unit.${name} COMMAND ${name})
    set_tests_properties(unit.${name} PROPERTIES TIMEOUT 300 LABELS unit)
endfunction()
