# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""A chart of horizontal bars in groups, as SVG."""

import html

_COLORS = ("#1b6ca8", "#2e9e6b", "#c7762b", "#8a5aa8", "#b5483f", "#6d7a86")
_WIDTH = 900
_LEFT = 130
_RIGHT = 130
_BAR = 16
_GAP = 4
_TITLE = 56
_GROUP = 34


def _text(x, y, text, extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}"{extra}>{html.escape(text)}</text>'


def _bar(y, name, value, scale, most, color):
    """A bar, the line of its spread, its name and its number; cut off at the right end of the scale."""
    length = min(value.median, most) * scale
    middle = y + _BAR / 2
    number = f"{value.median:.2f}" + (" (cut off)" if value.median > most else "")
    least, furthest = (_LEFT + min(end, most) * scale for end in (value.least, value.most))
    return [
        _text(_LEFT - 8, middle + 4, name, ' text-anchor="end"'),
        f'<rect x="{_LEFT}" y="{y}" width="{length:.1f}" height="{_BAR}" fill="{color}"/>',
        f'<line x1="{least:.1f}" y1="{middle}" x2="{furthest:.1f}" y2="{middle}" stroke="#222"/>',
        _text(max(_LEFT + length, furthest) + 6, middle + 4, number),
    ]


def render(title, groups, line=1.0, most=6.0):
    """The chart as text.

    groups: (title, [(name, figures.Spread)]) each. A name has the same color in every group. There
    is a vertical line at `line`; a bar longer than `most` is cut off, with its number beside it.
    """
    names = list(dict.fromkeys(name for _, bars in groups for name, _ in bars))
    values = [value.most for _, bars in groups for _, value in bars]
    most = max(min(max(values, default=line), most), line)
    scale = (_WIDTH - _LEFT - _RIGHT) / most
    parts = [_text(16, 26, title, ' font-size="16" font-weight="bold"')]
    y = _TITLE
    for group, bars in groups:
        parts.append(_text(16, y + 10, group, ' font-weight="bold"'))
        y += _GROUP - 14
        for name, value in bars:
            color = _COLORS[names.index(name) % len(_COLORS)]
            parts += _bar(y, name, value, scale, most, color)
            y += _BAR + _GAP
        y += 14
    x = _LEFT + line * scale
    parts.append(
        f'<line x1="{x:.1f}" y1="{_TITLE}" x2="{x:.1f}" y2="{y}" stroke="#444" stroke-dasharray="4 3"/>'
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{y + 10}"'
            f' viewBox="0 0 {_WIDTH} {y + 10}" font-family="sans-serif" font-size="12">',
            f'<rect width="{_WIDTH}" height="{y + 10}" fill="#fff"/>',
            *parts,
            "</svg>\n",
        ]
    )
