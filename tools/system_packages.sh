#!/bin/sh
# What the machine itself must have: fonts for PDF reports, a browser for page tests, a checker of DICOM files, PostgreSQL for the tests of the store. Installs as root, names the package otherwise.
set -eu
need() { # need WHAT CHECK-COMMAND PACKAGE...
    what=$1; check=$2; shift 2
    if sh -c "$check" >/dev/null 2>&1; then return 0; fi
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "installing $what ($*)"
        [ -n "${UPDATED:-}" ] || { apt-get update -qq; UPDATED=1; }
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
    else
        echo "warning: $what missing; ask an administrator for the packages: $*" >&2
    fi
}
for part in "$@"; do
    case $part in
        fonts) need "Chinese fonts" "ls /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc" fonts-noto-cjk ;;
        browser) need "a browser" "command -v chromium" chromium
                 need "a library of the browser driver" "ldconfig -p | grep -q libatomic.so.1" libatomic1
                 need "PDF tools" "command -v pdftoppm" poppler-utils ;;
        dicom) need "a checker of DICOM files" "command -v dciodvfy" dicom3tools ;;
        database) need "PostgreSQL" "ls /usr/lib/postgresql/*/bin/initdb || command -v initdb" postgresql ;;
        *) echo "unknown part $part" >&2; exit 2 ;;
    esac
done
