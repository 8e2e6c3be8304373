# SPDX-License-Identifier: BSD-3-Clause
# Compiles a device tree source: cmake -DDTC=dtc -DIN=x.dts -DOUT=x.dtb [-DDEPFILE=x.d] -P dtc.cmake
# A number that does not fit into its cell is a mistake, also for a dtc that only warns of it.
get_filename_component(folder "${IN}" DIRECTORY)
set(depfile "")
if(DEPFILE)
    set(depfile -d "${DEPFILE}")
endif()
execute_process(COMMAND "${DTC}" -I dts -O dtb -i "${folder}" ${depfile} -o "${OUT}" "${IN}"
                RESULT_VARIABLE status ERROR_VARIABLE words)
if(NOT status EQUAL 0 OR words MATCHES " truncated to ")
    file(REMOVE "${OUT}")
    message(FATAL_ERROR "${words}")
endif()
