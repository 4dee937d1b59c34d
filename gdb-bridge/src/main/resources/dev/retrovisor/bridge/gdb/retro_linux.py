# SPDX-License-Identifier: EPL-2.0
# ---- Linux: what a kernel says of itself in memory ----
#
# Debian's kernels come without symbols and types, but they carry both for their own use: vmcoreinfo (made for makedumpfile,
# Documentation/admin-guide/kdump/vmcoreinfo.rst) says where kallsyms is, a compressed table of all symbols
# (scripts/kallsyms.c), and the types are there as BTF (Documentation/bpf/btf.rst).

PAGE = 4096
READ_AT_ONCE = 64 << 10
RAM_START = 1 << 20
PHYSICAL_END = 4 << 30  # no guest has more
SEARCHED_AT_ONCE = 4 << 20
UNREADABLE_END = 64 << 20  # that much behind the last of RAM there is none any more
LIST_END = 100000  # a list that is longer goes in circles

BTF_MAGIC = 0xEB9F
BTF_STRUCT, BTF_UNION = 4, 5
# What follows the 12 bytes of a type, by its kind: (bytes, bytes for each member).
BTF_TAILS = {1: (4, 0), 3: (12, 0), 4: (0, 12), 5: (0, 12), 6: (0, 8), 13: (0, 8), 14: (4, 0), 15: (0, 12), 17: (4, 0), 19: (0, 12)}
BTF_MODIFIERS = (8, 9, 10, 11, 18)  # typedef, volatile, const, restrict, type tag

# Of struct task_struct's __state, as ps calls them (include/linux/sched.h).
TASK_STATES = {0: "R", 1: "S", 2: "D", 4: "T", 8: "t", 0x10: "X", 0x20: "Z", 0x402: "I"}
TASK_FREEZABLE = 0x2000
PF_KTHREAD = 0x200000

DESC_STATE_SHIFT = 62  # kernel/printk/printk_ringbuffer.h: a record's state in the upper bits of its id
DESC_FINISHED = (1, 2)  # committed, finalized
NO_DATA = 1


def read(address, length):
    try:
        return bytes(gdb.selected_inferior().read_memory(address, length))
    except gdb.error as trouble:
        raise gdb.GdbError("the kernel's memory at 0x%x cannot be read: %s" % (address, trouble))


def read_much(what, address, length):
    """Over a serial line this takes minutes."""
    print("reading the kernel's %s (%d KB)" % (what, length >> 10), flush=True)
    data, said = bytearray(), time.monotonic()
    while len(data) < length:
        data += read(address + len(data), min(READ_AT_ONCE, length - len(data)))
        if time.monotonic() > said + 2:
            said = time.monotonic()
            print("  %d %%" % (100 * len(data) // length), flush=True)
    return bytes(data)


def number(address, length=8):
    return int.from_bytes(read(address, length), "little")


def text_at(address, length):
    return read(address, length).split(b"\0")[0].decode(errors="replace")


class physical_memory:
    """Within it addresses are guest-physical (docs/spec/rsp-extensions.md)."""

    def __enter__(self):
        self.set(1)

    def __exit__(self, *_):
        self.set(0)

    @staticmethod
    def set(mode):
        said = gdb.execute("maint packet QRetro.PhysicalMemory:%d" % mode, to_string=True)
        gdb.execute("maint flush dcache", to_string=True)
        if '"OK"' not in said:
            raise gdb.GdbError("the other side does not read physical memory: %s" % said.strip())


def find_vmcoreinfo():
    """(physical address, lines) of vmcoreinfo, the last of what looks like it."""
    inferior = gdb.selected_inferior()
    with physical_memory():
        start = readable = RAM_START
        while start < min(PHYSICAL_END, readable + UNREADABLE_END):
            found = inferior.search_memory(start, SEARCHED_AT_ONCE, b"OSRELEASE=")
            if found is None:
                readable = start
            elif not start <= found < start + SEARCHED_AT_ONCE:
                found = None  # not all of it can be read; gdb 13 returns what was in its memory then
            if found is None:
                start += SEARCHED_AT_ONCE
                continue
            lines = vmcoreinfo_at(found)
            if "SYMBOL(prb)" in lines:
                return found, lines
            start = found + 1
    raise gdb.GdbError("no Linux in memory that says where its tables are (expected: a kernel that has booted, with CONFIG_CRASH_CORE)")


def vmcoreinfo_at(address):
    length = PAGE - address % PAGE  # it is at the beginning of a page, or behind a note's header
    data = read(address, length).split(b"\0")[0].decode(errors="replace")
    return dict(line.split("=", 1) for line in data.splitlines() if "=" in line)


class Types:
    """The structures of a BTF section."""

    def __init__(self, data):
        magic, _, _, header = struct.unpack_from("<HBBI", data)
        if magic != BTF_MAGIC:
            raise gdb.GdbError("the kernel's types do not begin with BTF's magic number")
        types, types_length, strings, strings_length = struct.unpack_from("<IIII", data, 8)
        self.data = data
        self.strings = data[header + strings:header + strings + strings_length]
        self.places = [0]  # by the type's number, which begins at 1
        self.structs = {}
        at, end = header + types, header + types + types_length
        while at < end:
            name, info, _ = struct.unpack_from("<III", data, at)
            kind, members = info >> 24 & 31, info & 0xFFFF
            if kind in (BTF_STRUCT, BTF_UNION) and name:
                self.structs.setdefault(self.string(name), at)
            self.places.append(at)
            fixed, each = BTF_TAILS.get(kind, (0, 0))
            at += 12 + fixed + members * each

    def string(self, at):
        return self.strings[at:self.strings.index(b"\0", at)].decode()

    def place(self, number):
        """Of a type without its typedefs and qualifiers."""
        while True:
            at = self.places[number]
            _, info, number = struct.unpack_from("<III", self.data, at)
            if info >> 24 & 31 not in BTF_MODIFIERS:
                return at

    def member(self, place, name):
        """(offset, the type's place) of a member, also of those in nameless structures; None if there is none."""
        _, info, _ = struct.unpack_from("<III", self.data, place)
        if info >> 24 & 31 not in (BTF_STRUCT, BTF_UNION):
            return None
        for i in range(info & 0xFFFF):
            its_name, its_type, bits = struct.unpack_from("<III", self.data, place + 12 + 12 * i)
            offset = (bits & 0xFFFFFF if info >> 31 else bits) // 8
            if its_name:
                if self.string(its_name) == name:
                    return offset, self.place(its_type)
            else:
                inner = self.member(self.place(its_type), name)
                if inner:
                    return offset + inner[0], inner[1]
        return None

    def offset(self, structure, path, otherwise=None):
        """Bytes from the structure's beginning to "member" or "member.member"."""
        place, offset = self.structs.get(structure), 0
        for name in path.split("."):
            found = place and self.member(place, name)
            if not found:
                if otherwise is not None:
                    return otherwise
                raise gdb.GdbError("this kernel's struct %s has no %s (Linux 6.1 was tried)" % (structure, path))
            offset, place = offset + found[0], found[1]
        return offset


class Kernel:
    """The Linux in memory. What it reads once does not change while the kernel runs."""

    def __init__(self):
        self.physical, self.lines = find_vmcoreinfo()
        self._symbols = self._types = None

    def is_there(self):
        with physical_memory():
            return vmcoreinfo_at(self.physical) == self.lines

    def value(self, kind, name, base=10):
        found = self.lines.get("%s(%s)" % (kind, name))
        if found is None:
            raise gdb.GdbError("this kernel's vmcoreinfo has no %s(%s) (Linux 6.1 was tried)" % (kind, name))
        return int(found, base)

    def address(self, name):
        return self.value("SYMBOL", name, 16)

    def offset(self, name):
        return self.value("OFFSET", name)

    def size(self, name):
        return self.value("SIZE", name)

    # ---- symbols ----

    def symbols(self):
        """[(address, type as in nm, name)], by address."""
        if self._symbols is None:
            self._symbols = sorted(zip(self._addresses(), *zip(*self._names())))
        return self._symbols

    def symbol(self, name):
        for address, _, its_name in self.symbols():
            if its_name == name:
                return address
        raise gdb.GdbError("this kernel has no symbol %s" % name)

    def _addresses(self):
        many = number(self.address("kallsyms_num_syms"), 4)
        base = number(self.address("kallsyms_relative_base"))
        offsets = struct.unpack("<%di" % many, read(self.address("kallsyms_offsets"), 4 * many))
        if min(offsets) >= 0:
            return [base + offset for offset in offsets]
        return [offset if offset >= 0 else base - 1 - offset for offset in offsets]  # KALLSYMS_ABSOLUTE_PERCPU

    def _names(self):
        index = struct.unpack("<256H", read(self.address("kallsyms_token_index"), 512))
        table = read(self.address("kallsyms_token_table"), index[-1] + 64)
        tokens = [table[at:table.index(b"\0", at)].decode() for at in index]
        many = number(self.address("kallsyms_num_syms"), 4)
        names = self.address("kallsyms_names")
        data = read_much("symbols", names, self.address("kallsyms_token_table") - names)
        at, result = 0, []
        for _ in range(many):
            length = data[at]
            at += 1
            if length & 0x80:
                length = length & 0x7F | data[at] << 7
                at += 1
            name = "".join(tokens[byte] for byte in data[at:at + length])
            at += length
            result.append((name[0], name[1:]))
        return result

    # ---- types ----

    def types(self):
        if self._types is None:
            start, end = self.symbol("__start_BTF"), self.symbol("__stop_BTF")
            self._types = Types(read_much("types", start, end - start))
        return self._types

    def entries(self, head, offset):
        """The structures in a list whose struct list_head is at that offset in them."""
        at = number(head)
        for _ in range(LIST_END):
            if at == head:
                return
            yield at - offset
            at = number(at)
        raise gdb.GdbError("the list at 0x%x has no end" % head)

    def modules(self):
        """(address of struct module, name, base, bytes)"""
        types = self.types()
        base = types.offset("module", "core_layout.base", -1)
        size = types.offset("module", "core_layout.size", -1)
        if base < 0:  # since 6.4
            base, size = types.offset("module", "mem") + types.offset("module_memory", "base"), types.offset("module", "mem") + types.offset("module_memory", "size")
        name = types.offset("module", "name")
        for module in self.entries(self.symbol("modules"), types.offset("module", "list")):
            yield module, text_at(module + name, 56), number(module + base), number(module + size, 4)

    def module_symbols(self, module):
        """Like symbols(), of a module."""
        types = self.types()
        table = number(module + types.offset("module", "kallsyms"))
        symbols = number(table + types.offset("mod_kallsyms", "symtab"))
        many = number(table + types.offset("mod_kallsyms", "num_symtab"), 4)
        strings = number(table + types.offset("mod_kallsyms", "strtab"))
        for name, info, _, section, value, _ in struct.iter_unpack("<IBBHQQ", read(symbols, 24 * many)):
            if name and section and value:
                yield value, "t" if info & 15 == 2 else "d", text_at(strings + name, 128)


def kernel():
    """The Linux in memory, as it was read last if it is still there."""
    if kernel.last is None or not kernel.last.is_there():
        kernel.last = None
        kernel.last = Kernel()
    return kernel.last


kernel.last = None


class Dmesg(Word):
    """retro dmesg [N]: the last N messages of the Linux in memory (all), as they are at this instant."""

    def invoke(self, argument, from_tty):
        messages = list(self.messages(kernel()))
        for line in messages[-count(argument, len(messages)):] if messages else []:
            print(line)

    @staticmethod
    def messages(linux):
        ring = number(linux.address("prb"))
        descriptors = ring + linux.offset("printk_ringbuffer.desc_ring")
        data = ring + linux.offset("printk_ringbuffer.text_data_ring")
        many = 1 << number(descriptors + linux.offset("prb_desc_ring.count_bits"), 4)
        bits = number(data + linux.offset("prb_data_ring.size_bits"), 4)
        text = read(number(data + linux.offset("prb_data_ring.data")), 1 << bits)
        size = linux.size("prb_desc")
        table = read(number(descriptors + linux.offset("prb_desc_ring.descs")), many * size)
        info_size = linux.size("printk_info")
        infos = read(number(descriptors + linux.offset("prb_desc_ring.infos")), many * info_size)
        mask = (1 << DESC_STATE_SHIFT) - 1
        first = number(descriptors + linux.offset("prb_desc_ring.tail_id")) & mask
        last = number(descriptors + linux.offset("prb_desc_ring.head_id")) & mask
        position = linux.offset("prb_desc.text_blk_lpos")
        begin_at, next_at = position + linux.offset("prb_data_blk_lpos.begin"), position + linux.offset("prb_data_blk_lpos.next")
        for i in range((last - first & mask) + 1):
            one = (first + i & mask) % many
            state, = struct.unpack_from("<Q", table, one * size + linux.offset("prb_desc.state_var"))
            if state & mask != first + i & mask or state >> DESC_STATE_SHIFT not in DESC_FINISHED:
                continue
            begin, end = (struct.unpack_from("<Q", table, one * size + at)[0] for at in (begin_at, next_at))
            length, = struct.unpack_from("<H", infos, one * info_size + linux.offset("printk_info.text_len"))
            time, = struct.unpack_from("<Q", infos, one * info_size + linux.offset("printk_info.ts_nsec"))
            words = ""
            if not begin & NO_DATA:
                start = begin % (1 << bits) if begin >> bits == end - 1 >> bits else 0  # else it did not fit at the end
                words = text[start + 8:start + 8 + length].decode(errors="replace")
            for line in words.split("\n"):
                yield "[%5d.%06d] %s" % (time // 10**9, time // 1000 % 10**6, line)


class Ps(Word):
    """The processes of the Linux in memory, at this instant."""

    def invoke(self, argument, from_tty):
        linux = kernel()
        types = linux.types()
        first = linux.symbol("init_task")
        tasks = types.offset("task_struct", "tasks")
        pid, comm, state, flags, parent = (types.offset("task_struct", name) for name in ("pid", "comm", "__state", "flags", "real_parent"))
        print("%7s %7s %-5s %-18s %s" % ("PID", "PPID", "STATE", "TASK_STRUCT", "NAME"))
        for task in [first, *linux.entries(first + tasks, tasks)]:
            name = text_at(task + comm, 16)
            stands = number(task + state, 4) & ~TASK_FREEZABLE
            print("%7d %7d %-5s 0x%x %s" % (
                number(task + pid, 4), number(number(task + parent) + pid, 4), TASK_STATES.get(stands, hex(stands)), task,
                "[%s]" % name if number(task + flags, 4) & PF_KTHREAD else name))


class Lsmod(Word):
    """The modules of the Linux in memory, at this instant."""

    def invoke(self, argument, from_tty):
        print("%-24s %10s %s" % ("MODULE", "BYTES", "ADDRESS"))
        for _, name, base, size in kernel().modules():
            print("%-24s %10d 0x%x" % (name, size, base))


class Symbols(Word):
    """The symbols of the Linux in memory and of its modules, from the kernel itself: wherever it was loaded (KASLR), without debug information."""

    folder = None  # where gdb finds them until it ends

    def invoke(self, argument, from_tty):
        linux = kernel()
        print("Linux %s, moved by 0x%s" % (linux.lines["OSRELEASE"], linux.lines.get("KERNELOFFSET", "0")))
        self.load("kernel", linux.symbols())
        for module, name, _, _ in linux.modules():
            self.load(name, sorted(linux.module_symbols(module)))

    @classmethod
    def load(cls, name, symbols):
        """Into gdb, in place of those that were loaded under this name before."""
        if not cls.folder:
            cls.folder = tempfile.mkdtemp(prefix="retrovisor-symbols")
            atexit.register(shutil.rmtree, cls.folder, True)
        path = os.path.join(cls.folder, name + ".elf")
        if any(one.filename == path for one in gdb.objfiles()):
            gdb.execute("remove-symbol-file " + path, to_string=True)
        with open(path, "wb") as file:
            file.write(symbol_elf(symbols))
        gdb.execute("add-symbol-file -readnow " + path, to_string=True)
        print("%s: %d symbols" % (name, len(symbols)))


def symbol_elf(symbols):
    """An ELF file of symbols alone (System V gABI, chapter 4): code in .text, all else in .data, both without contents."""
    placed = [symbol for symbol in symbols if symbol[0] >= 1 << 63]  # the others are offsets in a CPU's own data
    code = [kind in "tTwW" for _, kind, _ in placed]
    names = b"\0.text\0.data\0.symtab\0.strtab\0.shstrtab\0"
    strings, table = bytearray(1), bytearray(24)
    for (address, _, name), is_code in zip(placed, code):
        table += struct.pack("<IBBHQQ", len(strings), 0x10 | (2 if is_code else 1), 0, 1 if is_code else 2, address, 0)
        strings += name.encode() + b"\0"
    headers = [(0,) * 10]
    for i, kind in enumerate((True, False)):
        its = [address for (address, _, _), is_code in zip(placed, code) if is_code == kind] or [0]
        headers.append((names.index((b".text", b".data")[i]), 8, 6 if kind else 3, min(its), 64, max(its) + 1 - min(its), 0, 0, 1, 0))
    at = 64
    headers.append((names.index(b".symtab"), 2, 0, 0, at, len(table), 4, 1, 8, 24))
    headers.append((names.index(b".strtab"), 3, 0, 0, at + len(table), len(strings), 0, 0, 1, 0))
    headers.append((names.index(b".shstrtab"), 3, 0, 0, at + len(table) + len(strings), len(names), 0, 0, 1, 0))
    body = bytes(table) + bytes(strings) + names
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 2, 62, 1, 0, 0, at + len(body), 0, 64, 0, 0, 64, len(headers), len(headers) - 1)
    return header + body + b"".join(struct.pack("<IIQQQQIIQQ", *one) for one in headers)


for command in (Dmesg, Ps, Lsmod, Symbols):
    command()
    gdb.execute("alias retro-%s = retro %s" % ((command.__name__.lower(),) * 2))
