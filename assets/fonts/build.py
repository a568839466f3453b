"""Makes the font files of this folder; README.md says from what and how to run it.

python3 build.py FOLDER   (FOLDER holds the unpacked Debian packages named in README.md)
"""

import glob
import struct
import subprocess
import sys
import tempfile
import unicodedata
import zlib
from pathlib import Path

from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
OPTIONS = [
    "--no-hinting",
    "--desubroutinize",
    "--layout-features=",
    "--drop-tables+=GSUB,GPOS,GDEF,vhea,vmtx,VORG,DSIG,kern,gasp,VDMX,hdmx,LTSH",
    "--name-IDs=0,5,7,13,14",
    "--no-glyph-names",
    "--notdef-outline",
]


def find(folder, name):
    found = glob.glob(f"{folder}/**/{name}", recursive=True)
    if not found:
        sys.exit(f"{name} is not below {folder}")
    return found[0]


def gb2312():
    codes = set()
    for lead in range(0xA1, 0xF8):
        for trail in range(0xA1, 0xFF):
            try:
                codes.add(ord(bytes([lead, trail]).decode("gb2312")))
            except UnicodeDecodeError:
                pass
    return codes


def keep(name, data):
    packed = zlib.compress(data, 9)
    (HERE / name).write_bytes(packed)
    print(f"{name}: {len(data)} bytes, {len(packed)} compressed")


def subset(source, codes, name):
    with tempfile.TemporaryDirectory() as folder:
        list_, out = Path(folder, "codes"), Path(folder, "font.ttf")
        list_.write_text("\n".join(f"U+{c:04X}" for c in sorted(codes)))
        command = ["pyftsubset", source, f"--unicodes-file={list_}", f"--output-file={out}", *OPTIONS]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        data = out.read_bytes()
        keep(name, data)
        return set(TTFont(out).getBestCmap())


def hexed(path):
    """Bitmaps of a .hex file: 16 bytes for narrow, 32 for wide glyphs."""
    for line in Path(path).read_text().splitlines():
        code, bits = line.split(":")
        yield int(code, 16), bytes.fromhex(bits)


def traced(path, codes):
    """Bitmaps of glyphs that a font keeps as outlines of whole pixels."""
    font = TTFont(path)
    glyphs, cmap = font.getGlyphSet(), font.getBestCmap()
    pixel = font["head"].unitsPerEm // 16
    for code in sorted(codes & set(cmap)):
        pen = RecordingPen()
        glyphs[cmap[code]].draw(pen)
        edges, first, last = [], None, None
        for what, points in pen.value:
            if what == "moveTo":
                first = last = points[0]
            elif what == "lineTo":
                edges.append((last, points[0]))
                last = points[0]
            elif what in ("closePath", "endPath"):
                edges.append((last, first))
            else:
                sys.exit(f"{path}: a curve in U+{code:04X}")
        columns = 8 if glyphs[cmap[code]].width <= 8 * pixel else 16
        rows = b""
        for row in range(16):
            y = (14 - row - 0.5) * pixel
            bits = 0
            for column in range(columns):
                x = (column + 0.5) * pixel
                inside = sum((a[1] > y) != (b[1] > y) and a[0] > x for a, b in edges)
                bits = bits << 1 | inside % 2
            rows += bits.to_bytes(columns // 8, "big")
        yield code, rows


def pack(glyphs, name):
    """Runs of code points of one width, then their bitmaps in the same order."""
    runs = []
    for code in sorted(glyphs):
        wide = len(glyphs[code]) // 16
        if runs and runs[-1][0] + runs[-1][1] == code and runs[-1][2] == wide:
            runs[-1][1] += 1
        else:
            runs.append([code, 1, wide])
    data = struct.pack("<I", len(runs))
    data += b"".join(struct.pack("<IHH", *run) for run in runs)
    data += b"".join(glyphs[code] for code in sorted(glyphs))
    print(f"{len(glyphs)} glyphs in {len(runs)} runs")
    keep(name, data)


def main(folder):
    latin = set(range(0x20, 0x2500)) | set(range(0x25A0, 0x2800)) | {0xFFFD}
    for weight in ("Regular", "Bold"):
        source = find(folder, f"JetBrainsMono-{weight}.ttf")
        subset(source, latin, f"latin-{weight.lower()}.ttf.z")
    droid = find(folder, "DroidSansFallbackFull.ttf")
    first = gb2312() | set(range(0x3000, 0x3100)) | set(range(0xFF00, 0xFFF0))
    first -= set(range(0x20, 0x2000)) | set(range(0x2500, 0x25A0))
    have = subset(droid, first, "hanzi-gb2312.ttf.z")
    have |= subset(droid, set(range(0x4E00, 0x9FA6)) - first, "hanzi-gbk.ttf.z")
    drawn = have | set(range(0x2500, 0x25A0)) | set(range(0x2800, 0x2900))
    glyphs = {
        code: bits
        for code, bits in hexed(find(folder, "unifont.hex"))
        if code not in drawn and unicodedata.category(chr(code))[0] != "C" and code >= 0x20
    }
    upper = set(range(0x1F100, 0x1FB00))
    glyphs.update(traced(find(folder, "unifont_upper.otf"), upper))
    pack(glyphs, "unifont.z")


if __name__ == "__main__":
    main(sys.argv[1])
