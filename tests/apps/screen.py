# SPDX-License-Identifier: MIT
# What a terminal would show of the bytes that a program writes to it.
import re
import unicodedata

COLUMNS, ROWS = 60, 24


class Screen:
    """Enough of a terminal: text with wide characters, \\r \\n \\b, cursor moves, erasing."""

    def __init__(self, columns=COLUMNS):
        self.columns = columns
        self.rows = [[]]
        self.row = self.column = 0
        self.saved = (0, 0)
        self.wrapped = set()  # rows that go on in the next one
        self.pending = ""

    def feed(self, text):
        text = self.pending + text
        self.pending = ""
        i = 0
        while i < len(text):
            c = text[i]
            if c == "\x1b":
                found = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])|\x1b[()][A-Z0-9]|\x1b[=>78]").match(text, i)
                if not found:
                    self.pending = text[i:]
                    return
                if found.group(2):
                    self.control(found.group(2), found.group(1))
                elif found.group() == "\x1b7":
                    self.saved = (self.row, self.column)
                elif found.group() == "\x1b8":
                    self.row, self.column = self.saved
                i = found.end()
                continue
            i += 1
            if c == "\r":
                self.column = 0
            elif c == "\n":
                self.down(1)
            elif c == "\b":
                self.column = max(self.column - 1, 0)
            elif c >= " ":
                self.put(c)

    def put(self, c):
        width = 2 if unicodedata.east_asian_width(c) in "WF" else 1
        if self.column + width > self.columns:
            self.wrapped.add(self.row)
            self.column = 0
            self.down(1)
        row = self.rows[self.row]
        row.extend(" " * (self.column + width - len(row)))
        row[self.column] = c
        if width == 2:
            row[self.column + 1] = ""
        self.column += width

    def down(self, n):
        self.row += n
        while len(self.rows) <= self.row:
            self.rows.append([])

    def control(self, final, arguments):
        n = int(arguments) if arguments.isdigit() else 1
        if final == "A":
            self.row = max(self.row - n, 0)
        elif final == "B":
            self.down(n)
        elif final == "C":
            self.column = min(self.column + n, self.columns - 1)
        elif final == "D":
            self.column = max(self.column - n, 0)
        elif final == "G":
            self.column = n - 1
        elif final == "H":
            self.row = self.column = 0
        elif final == "K":
            del self.rows[self.row][self.column:]
            self.wrapped.discard(self.row)
        elif final == "J" and arguments == "2":
            self.rows = [[] for _ in range(self.row + 1)]
            self.wrapped.clear()
        elif final == "J":
            del self.rows[self.row][self.column:]
            del self.rows[self.row + 1:]
            self.wrapped = {row for row in self.wrapped if row < self.row}
        elif final == "P":
            del self.rows[self.row][self.column:self.column + n]
        elif final == "@":
            self.rows[self.row][self.column:self.column] = [" "] * n

    def text(self):
        return "\n".join("".join(row).rstrip() for row in self.rows)

    def resize(self, columns):
        """Wraps lines anew, as most terminals do when their window changes."""
        lines = []
        for number, row in enumerate(self.rows):
            if number - 1 not in self.wrapped:
                lines.append([])
            if number == self.row:
                cursor = (len(lines) - 1, len(lines[-1]) + self.column)
                row = row + [" "] * (self.column - len(row))
            lines[-1].extend(row)
        self.columns = columns
        self.rows, self.wrapped = [], set()
        for number, line in enumerate(lines):
            pieces = [line[i:i + columns] for i in range(0, len(line), columns)] or [[]]
            if number == cursor[0]:
                self.row = len(self.rows) + min(cursor[1] // columns, len(pieces) - 1)
                self.column = min(cursor[1] - (self.row - len(self.rows)) * columns, columns - 1)
            self.wrapped.update(range(len(self.rows), len(self.rows) + len(pieces) - 1))
            self.rows.extend(pieces)
