# SPDX-License-Identifier: BSD-3-Clause
# SOURCE as a C array NAME in OUT.
file(READ "${SOURCE}" hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "((0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,))" "\\1\n" bytes "${bytes}")
file(WRITE "${OUT}" "/* Made from a source of the same name. */\nstatic const unsigned char ${NAME}[] = {\n${bytes}\n};\n")
