#!/usr/bin/env bash
# Writes both outputs of this example: `generate.sh [FOLDER]`, where FOLDER is src/ unless it is named.
#
# PROTOC, PROTOC_GEN_PROST and PROTOC_GEN_TONIC name programs that are not on the PATH. PROTOC_GEN_RUST_LRO names a
# plugin that is built already; without it, cargo builds the one of this workspace.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/src}
mkdir -p "$out/all" "$out/beside"
out=$(cd "$out" && pwd)
cd "$here"

# find_program NAME HOW: the path of a program, or a message that says how to install it.
find_program() {
    command -v "$1" || {
        echo "generate.sh: there is no $1; install it with: $2" >&2
        exit 1
    }
}
protoc=$(find_program "${PROTOC:-protoc}" "apt-get install protobuf-compiler libprotobuf-dev, or brew install protobuf")
prost=$(find_program "${PROTOC_GEN_PROST:-protoc-gen-prost}" "cargo install --locked protoc-gen-prost --version 0.5.0")
tonic=$(find_program "${PROTOC_GEN_TONIC:-protoc-gen-tonic}" "cargo install --locked protoc-gen-tonic --version 0.5.0")
lro=${PROTOC_GEN_RUST_LRO:-}
if [[ -z $lro ]]; then
    cargo build --quiet --package protoc-gen-rust-lro
    target=$(cargo metadata --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
    lro=$target/debug/protoc-gen-rust-lro
fi

# One plugin for everything.
"$protoc" -I ../../proto ../../proto/example/library/v1/library.proto \
    --plugin=protoc-gen-rust-lro="$lro" \
    --rust-lro_out="$out/all" --rust-lro_opt=include_file=mod.rs

# Three plugins in one run, so that protoc can include the files of the later two from those of the first.
google=extern_path=.google.longrunning=::lro::google::longrunning,extern_path=.google.rpc=::lro::google::rpc
"$protoc" -I ../../proto ../../proto/example/library/v1/library.proto \
    --plugin=protoc-gen-prost="$prost" --prost_out="$out/beside" --prost_opt="$google" \
    --plugin=protoc-gen-tonic="$tonic" --tonic_out="$out/beside" --tonic_opt="$google" \
    --plugin=protoc-gen-rust-lro="$lro" --rust-lro_out="$out/beside" --rust-lro_opt=emit=lro,include_file=mod.rs
