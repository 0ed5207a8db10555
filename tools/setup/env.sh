# Sourced before any program of the project runs: puts the project's Node.js first on PATH.
REPOSITORY=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# npm installs the package of this processor only.
case $(uname -m) in aarch64 | arm64) NODE_CPU=arm64 ;; *) NODE_CPU=x64 ;; esac
NODE_FOLDER=$REPOSITORY/tools/node/node_modules/node-linux-$NODE_CPU
# Debian keeps servers in /usr/sbin, which a user's PATH may lack. The folder has the headers that addons need.
# Compiled code of the services and tools: a test cluster starts in two thirds of the CPU time.
export NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE:-$REPOSITORY/.polyroom/setup/compile-cache}
export PATH=$NODE_FOLDER/bin:$REPOSITORY/node_modules/.bin:$PATH:/usr/sbin:/usr/bin npm_config_nodedir=$NODE_FOLDER
