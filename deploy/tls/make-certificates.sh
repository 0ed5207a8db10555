#!/bin/sh
# Makes a certificate authority, and certificates of NATS, of Redis and of their clients, for installations without a
# PKI of their own. Existing files are kept: to renew one, delete it and run this again.
#
#   deploy/tls/make-certificates.sh DIRECTORY [NAME...]    # NAME: more host names of the servers
set -eu
dir=${1:?usage: make-certificates.sh DIRECTORY [NAME...]}
shift
days=${CERTIFICATE_DAYS:-825}
umask 077
mkdir -p "$dir"
cd "$dir"

if [ ! -e ca.key ]; then
  openssl req -x509 -newkey rsa:3072 -nodes -days 3650 -subj "/CN=${CA_NAME:-Polyroom stores}" \
    -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign,cRLSign \
    -keyout ca.key -out ca.crt 2>/dev/null
fi

# make NAME USAGE HOST...
make() {
  name=$1 usage=$2
  shift 2
  [ ! -e "$name.crt" ] || return 0
  openssl req -new -newkey rsa:3072 -nodes -subj "/CN=$name" -keyout "$name.key" -out "$name.csr" 2>/dev/null
  {
    echo "basicConstraints = critical, CA:FALSE"
    echo "extendedKeyUsage = $usage"
    [ $# -eq 0 ] || echo "subjectAltName = $(printf 'DNS:%s,' "$@" | sed 's/,$//')"
  } >"$name.ext"
  openssl x509 -req -in "$name.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days "$days" \
    -extfile "$name.ext" -out "$name.crt" 2>/dev/null
  rm "$name.csr" "$name.ext"
}

# The servers are also clients: a member of a NATS or Redis cluster connects to the others.
make nats serverAuth,clientAuth nats localhost nats.polyroom.svc nats.polyroom.svc.cluster.local "$@"
make redis serverAuth,clientAuth redis localhost redis.polyroom.svc redis.polyroom.svc.cluster.local "$@"
make client clientAuth
# Certificates are public; keys stay private.
chmod 0644 ca.crt nats.crt redis.crt client.crt
chmod 0755 .
