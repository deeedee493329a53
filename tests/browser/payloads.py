"""Texts that would run a program, or hide what they are, in a page that took them for HTML."""

from __future__ import annotations

from typing import Final

_RUN: Final = "window.__xss=1"
_MARKUP: Final = (
    "<script>{}</script>",
    "<ScRiPt>{}</sCrIpT>",
    "<script\n>{}</script\n>",
    "<script src='data:text/javascript,{}'></script>",
    "<script type=module>{}</script>",
    "<img src=x onerror={}>",
    "<img/src=x/onerror={}>",
    "<img src=x onerror='{}'//",
    "<IMG SRC=x ONERROR={}>",
    '<img src=x:x onerror="{}">',
    "<image href=x onerror={}>",
    "<svg onload={}>",
    "<svg/onload={}>",
    "<svg><script>{}</script></svg>",
    "<svg><animate onbegin={} attributeName=x dur=1s>",
    "<svg><set onbegin={} attributename=x>",
    "<svg><a xlink:href='javascript:{}'><text y=20>a</text></a></svg>",
    "<svg><foreignObject><body onload={}></foreignObject></svg>",
    "<svg><use href='data:image/svg+xml,<svg onload={}>#x'></svg>",
    "<math><mtext><img src=x onerror={}></mtext></math>",
    "<iframe srcdoc='<script>parent.{}</script>'></iframe>",
    "<iframe src='javascript:parent.{}'></iframe>",
    "<object data='javascript:{}'></object>",
    "<embed src='javascript:{}'>",
    "<body onload={}>",
    "<details open ontoggle={}><summary>a</summary></details>",
    "<input autofocus onfocus={}>",
    "<select autofocus onfocus={}><option>a</select>",
    "<textarea autofocus onfocus={}></textarea>",
    "<video><source onerror={}></video>",
    "<audio src=x onerror={}></audio>",
    "<marquee onstart={}>a</marquee>",
    "<style>@import 'javascript:{}';</style>",
    "<style onload={}></style>",
    "<link rel=stylesheet href='data:text/css,' onload={}>",
    "<base href='javascript:{}//'>",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>",
    "<form action='javascript:{}'><button autofocus onfocus={}>a</button></form>",
    "<a href='javascript:{}'>a</a>",
    "<a href='JaVaScRiPt:{}'>a</a>",
    "<div style=\"background:url('javascript:{}')\" onpointerenter={}>a</div>",
    "<template><script>{}</script></template>",
    "<noscript><p title='</noscript><img src=x onerror={}>'></noscript>",
    "'><img src=x onerror={}>",
    '"><img src=x onerror={}>',
    "' onmouseover={} autofocus onfocus={} x='",
    '" onmouseover={} autofocus onfocus={} x="',
    "</style></title></textarea></svg></pre></table><img src=x onerror={}>",
    "--><!--<img src=x onerror={}>-->",
    "]]><img src=x onerror={}>",
    '<!--<img src="--><img src=x onerror={}//">',
)
_OTHERS: Final = (
    f"&lt;img src=x onerror={_RUN}&gt; &#60;script&#62;{_RUN}&#60;/script&#62;",
    f'[a](javascript:{_RUN}) ![b](x" onerror="{_RUN}) `<script>{_RUN}</script>`',
    f"<javascript:{_RUN}> [c]: javascript:{_RUN}",
    f"${{{_RUN}}} {{{{constructor.constructor('{_RUN}')()}}}} <%= {_RUN} %>",
    f"\x1b]8;;javascript:{_RUN}\x07a\x1b]8;;\x07 \x1b[31mred\r\x08",
    f"\u202e<img src=x onerror={_RUN}>\u2066\u200b\ufeff\u2028",
    f"</script><script>{_RUN}</script>",
    f"data:text/html,<script>{_RUN}</script>",
    f"__proto__ constructor toString <img src=x onerror={_RUN}>",
)
PAYLOADS: Final = tuple(each.replace("{}", _RUN) for each in _MARKUP) + _OTHERS
"""Sixty of them."""
ALIVE: Final = (
    "main img, main iframe, main object, main embed, main video, main audio, main marquee,"
    " main form, main template, main base, main meta, main link, main script,"
    " main [onload], main [onerror], main [onfocus], main [onbegin], main [ontoggle],"
    " main [autofocus], main a[href^='javascript' i], main b, main foreignObject, main animate"
)
"""What one of them would become in the page of ``assetbook ui``."""
