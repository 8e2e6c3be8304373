# SPDX-License-Identifier: BSD-3-Clause
# Cross compiler for what runs on AArch64 without an operating system: guests, and the core's own
# targets. ORRERY_AARCH64_PREFIX may name another tool chain than Debian's gcc-aarch64-linux-gnu.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR aarch64)

set(ORRERY_AARCH64_PREFIX "aarch64-linux-gnu-" CACHE STRING "prefix of the cross tools' names")
# Checks that CMake makes in a project of their own have to see the prefix too.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES ORRERY_AARCH64_PREFIX)

set(CMAKE_C_COMPILER "${ORRERY_AARCH64_PREFIX}gcc")
set(CMAKE_ASM_COMPILER "${ORRERY_AARCH64_PREFIX}gcc")

# There is no C library to link a test program with.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
