# SPDX-License-Identifier: BSD-3-Clause
# entry.S applies R_AARCH64_RELATIVE entries and no others: refuses an image (ELF) that has them.
execute_process(COMMAND "${READELF}" -rW "${ELF}" OUTPUT_VARIABLE listing
                COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "R_AARCH64_[A-Z0-9_]+" kinds "${listing}")
list(REMOVE_DUPLICATES kinds)
list(FILTER kinds EXCLUDE REGEX "^R_AARCH64_RELATIVE?$") # an old readelf cuts the name short
if(kinds)
    message(FATAL_ERROR "${ELF}: not position independent, it has ${kinds} relocations")
endif()
