#!/bin/sh
# How to get what the benchmark suite compares Orus with. Prints the commands; `sh get-peers.sh --run` runs them.
# Nothing here is needed to build or use Orus, and the suite reports what is missing.
set -eu

commands() {
  cat <<'LIST'
apt-get install -y lua5.4 luajit gcc
npm install --no-save --prefix "${ORUS_PEERS:-$(dirname "$0")}" quickjs-emscripten
LIST
}

if [ "${1:-}" = --run ]; then
  commands | sed "s|\$(dirname \"\$0\")|$(dirname "$0")|" | sh -ex
else
  echo '# Lua 5.4, LuaJIT, gcc: Debian or Ubuntu packages. QuickJS: the program qjs (package quickjs, Debian trixie and'
  echo '# later), else an npm package that runs it as WebAssembly.'
  commands
fi
