"""A small bash reader: finds the simple commands of a script, also inside substitutions; runs nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

OPAQUE = "\ue000"  # stands for text that only exists at run time
GITHUB = "\ue001"  # a ${{ }} expression, replaced before bash reads the text
LIST = "\ue002"  # "$@" or "${array[@]}": any number of words, even inside quotes
RESERVED = {"if", "then", "elif", "else", "fi", "do", "done", "while", "until", "!", "{", "}", "esac"}
WRAPPERS = {"sudo", "exec", "time", "env", "nohup", "timeout", "xargs", "watch", "retry", "nice", "command"}


@dataclass
class Word:
    text: str  # literal text, OPAQUE for each expansion
    splat: bool = False  # an unquoted expansion only: may be zero or many arguments

    @property
    def opaque(self) -> bool:
        return OPAQUE in self.text


@dataclass
class Call:
    words: list
    line: int
    cwd: str = ""
    loose: list = field(default_factory=list)  # expansions that may be any number of arguments


class Shell:
    """A small bash reader: finds simple commands, also inside substitutions; runs nothing."""

    def __init__(self, text: str, line: int = 1):
        # GitHub replaces ${{ }} in the text before bash sees it.
        self.s = re.sub(r"\$\{\{.*?\}\}", GITHUB, text, flags=re.S)
        self.first_line = line
        self.calls: list[Call] = []
        self.heredocs: list[tuple[str, bool, bool]] = []

    def read(self) -> list[Call]:
        i = 0
        while i < len(self.s):  # a stray ')' (case patterns) only ends a command
            i = self._commands(i, stop=")")
            i += 1
        self.calls.sort(key=lambda c: c.line)
        return self.calls

    def _line(self, i: int) -> int:
        return self.first_line + self.s.count("\n", 0, i)

    def _commands(self, i: int, stop: str) -> int:
        """Read commands from i up to an unquoted `stop`; return the index of `stop` (or the end)."""
        s, n = self.s, len(self.s)
        words: list[Word] = []
        buf: list[str] | None = None  # the word being read
        plain_expansion = quoted = False
        start = i
        skip_target = None  # after a redirection: what the next word is

        def end_word():
            nonlocal buf, plain_expansion, quoted, skip_target
            if buf is None:
                return
            text = "".join(buf)
            many = LIST in text
            text = text.replace(LIST, OPAQUE)
            if skip_target == "heredoc" or skip_target == "heredoc-":
                self.heredocs.append((text, skip_target == "heredoc-", quoted))
            elif skip_target is None:
                only = text.replace(OPAQUE, "") == ""
                words.append(Word(text, splat=only and (many or plain_expansion and not quoted)))
            skip_target, buf, plain_expansion, quoted = None, None, False, False

        def end_command(at):
            nonlocal words, start
            end_word()
            if words:
                self.calls.append(Call(words, self._line(start)))
            words, start = [], at + 1

        while i < n:
            c = s[i]
            if c == "\\":
                if s[i + 1 : i + 2] == "\n":
                    i += 2
                    continue
                if buf is None and not words:
                    start = i
                buf = buf if buf is not None else []
                buf.append(s[i + 1 : i + 2])
                i += 2
            elif c in " \t\r":
                end_word()
                i += 1
            elif c == "\n":
                end_command(i)
                i += 1
                if self.heredocs:
                    i = self._skip_heredocs(i)
                    start = i
            elif c == "#" and buf is None:
                while i < n and s[i] != "\n":
                    i += 1
            elif c == stop:
                end_command(i)
                return i
            elif c in "<>" or (c == "&" and s[i + 1 : i + 2] == ">"):
                if s[i + 1 : i + 2] == "(":  # <( command )
                    i = self._commands(i + 2, ")") + 1
                    buf = (buf or []) + [OPAQUE]
                    continue
                if buf is not None and "".join(buf).isdigit():
                    buf = None  # a file descriptor number
                end_word()
                m = re.compile(r"&>>?|<<<|<<-?|>>|[<>]&|<>|>\||[<>]").match(s, i)
                op = m.group(0)
                i = m.end()
                skip_target = {"<<": "heredoc", "<<-": "heredoc-"}.get(op, "file")
            elif c in ";|&()":
                end_command(i)
                i += 1
                if c == "(":
                    i = self._commands(i, ")") + 1
                    start = i
            else:
                if buf is None:
                    buf = []
                    if not words:
                        start = i
                if c == "'":
                    j = s.find("'", i + 1)
                    j = n if j < 0 else j
                    buf.append(s[i + 1 : j])
                    quoted = True
                    i = j + 1
                elif c == '"':
                    i = self._double_quoted(i + 1, buf)
                    quoted = True
                elif c in "$`" + GITHUB:
                    before = len(buf)
                    i = self._expansion(i, buf)
                    plain_expansion = plain_expansion or bool({OPAQUE, LIST} & set(buf[before:]))
                else:
                    buf.append(c)
                    i += 1
        end_command(i)
        return i

    def _double_quoted(self, i: int, buf: list) -> int:
        s, n = self.s, len(self.s)
        while i < n and s[i] != '"':
            if s[i] == "\\" and s[i + 1 : i + 2] in '"\\$`\n':
                buf.append("" if s[i + 1] == "\n" else s[i + 1])
                i += 2
            elif s[i] in "$`" + GITHUB:
                i = self._expansion(i, buf)
            else:
                buf.append(s[i])
                i += 1
        return i + 1

    def _expansion(self, i: int, buf: list) -> int:
        """Read $x, ${x}, $(...), $((...)), `...`, $'...' or a GitHub expression at i."""
        s, n = self.s, len(self.s)
        if s[i] == GITHUB:
            buf.append(OPAQUE)
            return i + 1
        if s[i] == "`":
            j = i + 1
            while j < n and s[j] != "`":
                j += 2 if s[j] == "\\" else 1
            inner = Shell(s[i + 1 : j].replace("\\`", "`"), self._line(i))
            self.calls += inner.read()
            buf.append(OPAQUE)
            return j + 1
        nxt = s[i + 1 : i + 2]
        if s.startswith("$((", i):
            depth, j = 0, i + 1
            while j < n:
                depth += {"(": 1, ")": -1}.get(s[j], 0)
                j += 1
                if depth == 0:
                    break
            buf.append(OPAQUE)
            return j
        if nxt == "(":
            j = self._commands(i + 2, ")")
            buf.append(OPAQUE)
            return j + 1
        if nxt == "{":
            j = i + 2
            scratch: list[str] = []
            while j < n and s[j] != "}":
                if s[j] in "$`":
                    j = self._expansion(j, scratch)
                elif s[j] == '"':
                    j = self._double_quoted(j + 1, scratch)
                else:
                    j += 2 if s[j] == "\\" else 1
            buf.append(LIST if re.match(r"\$\{\w+\[@\]", s[i:j]) else OPAQUE)
            return j + 1
        if nxt == "'":
            j = s.find("'", i + 2)
            j = n if j < 0 else j
            buf.append(s[i + 2 : j])
            return j + 1
        m = re.compile(r"\$(\w+|[@*#?$!-])").match(s, i)
        if m:
            buf.append(LIST if m.group(1) in "@*" else OPAQUE)
            return m.end()
        buf.append("$")
        return i + 1

    def _skip_heredocs(self, i: int) -> int:
        while self.heredocs:
            tag, dash, quoted = self.heredocs.pop(0)
            while i < len(self.s):
                j = self.s.find("\n", i)
                j = len(self.s) if j < 0 else j
                row = self.s[i:j]
                if (row.lstrip("\t") if dash else row).rstrip("\r") == tag:
                    i = j + 1
                    break
                if not quoted and ("$(" in row or "`" in row):
                    k, sink = i, []
                    while k < j:
                        k = self._expansion(k, sink) if self.s[k] in "$`" else k + 1
                    i = max(j, k) + 1
                    continue
                i = j + 1
        return i


def az_calls(text: str, line: int = 1) -> list[Call]:
    """The `az` calls in a piece of shell, without the leading `az` and prefixes."""
    out = []
    for call in Shell(text, line).read():
        words = call.words
        while words and (words[0].text in RESERVED or re.match(r"[A-Za-z_]\w*(\[[^\]]*\])?\+?=", words[0].text)):
            words = words[1:]
        if words and words[0].text in WRAPPERS and "-v" not in [w.text for w in words[1:2]]:
            texts = [w.text for w in words]
            words = words[texts.index("az") :] if "az" in texts else []
        if words and words[0].text in ("bash", "sh", "eval") and len(words) > 1:
            body = words[-1].text if words[0].text == "eval" or words[1].text == "-c" else ""
            if body.startswith("az "):
                out += az_calls(body.replace(OPAQUE, "$X"), call.line)
            continue
        if words and words[0].text == "az" and len(words) > 1:
            out.append(Call(words[1:], call.line))
    return out
