#!/bin/sh
# Keymap and font of the screen console: KEYMAP, FONT, FONT_MAP, FONT_UNIMAP of rc.conf.
[ "${RUNIT_STAGE-}" ] || . "${RUNIT_ETC:-/etc/runit}/lib.sh"

skip_in_container
[ "${KEYMAP-}${FONT-}" ] || skip "none asked for"
[ -c /dev/tty1 ] || skip "no screen"
bad=
if [ "${KEYMAP-}" ]; then
    if have loadkeys; then
        loadkeys -q -u "$KEYMAP" || bad=keymap
    elif have loadkmap && [ -r "$KEYMAP" ]; then
        loadkmap <"$KEYMAP" || bad=keymap
    else
        say "no loadkeys for KEYMAP=$KEYMAP"
    fi
fi
if [ "${FONT-}" ]; then
    if have setfont; then
        for tty in ${TTYS:-1 2 3 4 5 6}; do
            setfont ${FONT_MAP:+-m "$FONT_MAP"} ${FONT_UNIMAP:+-u "$FONT_UNIMAP"} -C "/dev/tty${tty#tty}" "$FONT" || bad="$bad font"
        done
    elif have loadfont && [ -r "$FONT" ]; then
        loadfont <"$FONT" || bad="$bad font"
    else
        say "no setfont for FONT=$FONT"
    fi
fi
[ -z "$bad" ]
