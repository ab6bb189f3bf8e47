#!/bin/sh
# The page: how many records the store holds, and the last one. Says so when the store is away.
if answer=$(timeout 3 wget -q -O - "$STORE/cgi-bin/records"); then
  count=$(echo "$answer" | sed -n 1p)
  first=$(echo "$answer" | sed -n 2p)
  last=$(echo "$answer" | sed -n 3p)
else
  count=0 first='' last='the store does not answer'
fi
title=$(printf %s "$GREETING" | sed "s/&/\&amp;/g; s/</\&lt;/g")

printf 'Content-Type: text/html; charset=utf-8\r\n\r\n'
cat <<PAGE
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="2">
<title>$title</title>
<style>body { font: 1.2rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 4rem auto; padding: 0 1rem }</style>
<h1>$title</h1>
<p><strong>$count</strong> records kept by the store.</p>
<p>First: ${first:-none yet}<br>Last: ${last:-none yet}</p>
<p>This page was made by the container $(hostname).</p>
</html>
PAGE
