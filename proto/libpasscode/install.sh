#!/bin/sh
# Lays out libpasscode for programs to be built with it: lib, lib/pkgconfig and include below a folder.
# Usage: install.sh BUILT FOLDER   (BUILT: where cargo has put libpasscode.so and libpasscode.a)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
built=$1
folder=$2
version=$(sed -n 's/^#define PASSCODE_VERSION_[MP][AIT][A-Z]* //p' "$here/include/passcode.h" | paste -sd .)

mkdir -p "$folder/lib/pkgconfig" "$folder/include"
# Not written over: programs that run may have it open.
rm -f "$folder/lib/libpasscode.so" "$folder/lib/libpasscode.so.1"
cp "$built/libpasscode.so" "$folder/lib/libpasscode.so.1"
ln -s libpasscode.so.1 "$folder/lib/libpasscode.so"
cp "$built/libpasscode.a" "$folder/lib/"
cp "$here/include/passcode.h" "$folder/include/"
sed "s/@VERSION@/$version/" "$here/passcode.pc.in" >"$folder/lib/pkgconfig/passcode.pc"
