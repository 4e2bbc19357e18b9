/// Copying and measuring text and memory.
extension MemoryInterpreter {
    /// The number of elements before the zero that ends a text.
    func length(_ pointer: MemoryValue, _ width: Int, _ state: MemoryState, _ at: Int) -> MemoryValue {
        let type = CType(name: "long", isUnsigned: true)
        var unknown = MemoryValue(low: 0, high: Int128(1) << 62, isExact: false, type: type)
        guard let object = pointer.object.flatMap({ state.objects[$0] }), let text = object.text,
            text.width == width, pointer.low == pointer.high
        else { return unknown }
        let start = pointer.low / Int128(width)
        if let end = text.end, end >= start, start >= 0 {
            if text.filled >= end { return MemoryValue(end - start, type: type) }
            unknown.high = end - start
            return unknown
        }
        if isOpen(pointer, width, state), let size = object.size {
            report(.overread, at: at, from: object.place, object.name)
            unknown.low = max(0, size.low / Int128(width) - start)
        }
        return unknown
    }

    /// A text that fills its object to the end, with no zero.
    private func isOpen(_ pointer: MemoryValue, _ width: Int, _ state: MemoryState) -> Bool {
        guard let object = pointer.object.flatMap({ state.objects[$0] }), let text = object.text,
            let size = object.size,
            size.isExact, size.unit == nil, text.end == nil, size.high > 0
        else { return false }
        return text.filled >= size.high / Int128(width)
    }

    func write(_ call: LibraryCall, _ state: inout MemoryState) {
        let at = call.place
        let width = call.effect.width
        switch call.effect.action {
        case .fill:
            checkCount(call.argument(2), at)
            let count = bytes(call.argument(2), width)
            access(call.argument(0), count, isWrite: true, &state, at)
            fill(call.argument(0), with: call.argument(1), count, &state)
        case .copy:
            checkCount(call.argument(2), at)
            let count = bytes(call.argument(2), width)
            access(call.argument(0), count, isWrite: true, &state, at)
            access(call.argument(1), count, isWrite: false, &state, at)
            copy(to: call.argument(0), from: call.argument(1), count, &state)
        case .copyText, .appendText: copyText(call, call.argument(1), limit: nil, &state)
        case .copyTextLimited: copyLimited(call, &state)
        case .appendTextLimited: copyText(call, call.argument(1), limit: call.argument(2), &state)
        case .formatLimited: formatLimited(call, &state)
        default: formatted(call, &state)
        }
    }

    private func bytes(_ count: MemoryValue, _ width: Int) -> MemoryValue {
        var result = count
        if count.unit == nil {
            result.low = count.low * Int128(width)
            result.high = count.high * Int128(width)
        }
        return result
    }

    private func fill(_ pointer: MemoryValue, with value: MemoryValue, _ count: MemoryValue, _ state: inout MemoryState)
    {
        guard let id = pointer.object, let object = state.objects[id] else { return }
        let width = object.text?.width ?? max(1, pointer.type.element.scalarSize ?? 1)
        let isWhole = pointer.low == 0 && object.size.map { $0.low <= count.low } ?? false
        state.objects[id]?.cells = [:]
        state.objects[id]?.text = nil
        if value.number == 0, isWhole {
            state.objects[id]?.rest = .zero
        } else {
            state.objects[id]?.rest = .unknown
        }
        guard width == 1 || width == 4, count.isExact, count.low == count.high, pointer.low == pointer.high,
            pointer.unit == nil, count.unit == nil
        else { return }
        let start = pointer.low / Int128(width)
        var text = object.text ?? TextContent(width: width)
        let end = start + count.low / Int128(width)
        if value.number == 0 {
            if text.end.map({ $0 > start }) ?? true { text.end = start }
        } else if value.number != nil {
            if let known = text.end, known >= start, known < end { text.end = nil }
            if text.filled >= start { text.filled = max(text.filled, end) }
        }
        state.objects[id]?.text = text
    }

    private func copy(to: MemoryValue, from: MemoryValue, _ count: MemoryValue, _ state: inout MemoryState) {
        guard let id = to.object ?? state.pointees[to.symbol], state.objects[id] != nil else { return }
        let source = from.object.flatMap { state.objects[$0] }
        let before = state.objects[id]
        state.objects[id]?.forget()
        if let outside = source?.outside ?? from.outside { state.objects[id]?.outside = outside }
        guard let source, from.low == 0, from.high == 0 else { return }
        if to.low == 0, to.high == 0, source.kind != .unknown, before?.size?.low == count.low {
            state.objects[id]?.cells = source.cells
            if source.rest == .unset { state.objects[id]?.rest = before?.rest ?? .unknown }
        }
        guard var text = source.text, count.isExact, count.low == count.high, count.unit == nil, to.low == to.high
        else { return }
        let elements = count.low / Int128(text.width)
        text.filled = min(text.filled, elements)
        if let end = text.end, end >= elements { text.end = nil }
        place(text, at: to, in: id, before?.text, &state)
    }

    /// Puts a text at an offset into an object whose text before that is known to be filled.
    private func place(
        _ text: TextContent, at pointer: MemoryValue, in id: Int, _ before: TextContent?, _ state: inout MemoryState
    ) {
        var text = text
        let offset = pointer.low / Int128(text.width)
        if offset > 0 {
            guard let before, before.width == text.width, before.filled >= offset else { return }
            text.filled += offset
            text.end = text.end.map { $0 + offset }
        }
        guard offset >= 0 else { return }
        if let before, before.width == text.width, let old = before.end, text.end == nil, old >= text.filled {
            text.end = old
        }
        state.objects[id]?.text = text
    }

    /// `strcpy`, `strcat` and `strncat`.
    private func copyText(_ call: LibraryCall, _ from: MemoryValue, limit: MemoryValue?, _ state: inout MemoryState) {
        let (at, width) = (call.place, call.effect.width)
        let to = call.argument(0)
        look(at: from, &state, at)
        if call.effect.action != .copyText { look(at: to, &state, at) }
        let before =
            call.effect.action == .copyText || call.effect.action == .format
            ? MemoryValue(0) : length(to, width, state, at)
        var added = length(from, width, state, at)
        if let limit {
            checkCount(limit, at)
            if let most = limit.number, added.low > most || added.high > most {
                added.isExact = added.isExact || added.low > most
                added = MemoryValue(low: min(added.low, most), high: most, isExact: added.isExact, type: added.type)
            }
        }
        let count = compute("+", compute("+", before, added, at), MemoryValue(1), at)
        var total = bytes(count, width)
        total.isExact = before.isExact && added.isExact
        access(to, total, isWrite: true, &state, at)
        guard let id = to.object ?? state.pointees[to.symbol] else { return }
        let old = state.objects[id]?.text
        state.objects[id]?.forget()
        if let source = source(of: from, state) { state.objects[id]?.outside = source }
        guard let start = before.number, let number = added.number else { return }
        let text = TextContent(filled: start + number, end: start + number, width: width)
        place(text, at: to, in: id, old, &state)
    }

    private func copyLimited(_ call: LibraryCall, _ state: inout MemoryState) {
        let (at, width) = (call.place, call.effect.width)
        let (to, from, limit) = (call.argument(0), call.argument(1), call.argument(2))
        look(at: from, &state, at)
        checkCount(limit, at)
        quiet += 1
        let length = length(from, width, state, at)
        quiet -= 1
        access(to, bytes(limit, width), isWrite: true, &state, at)
        guard let id = to.object ?? state.pointees[to.symbol] else { return }
        let old = state.objects[id]?.text
        state.objects[id]?.forget()
        if let source = source(of: from, state) { state.objects[id]?.outside = source }
        guard let most = limit.number, length.low >= most || length.number != nil else { return }
        let filled = length.number.map { min($0, most) } ?? most
        place(TextContent(filled: filled, end: filled < most ? filled : nil, width: width), at: to, in: id, old, &state)
    }

    private func formatLimited(_ call: LibraryCall, _ state: inout MemoryState) {
        let (to, limit, format) = (call.argument(0), call.argument(1), call.argument(2))
        checkFormat(format, state, call.place)
        access(to, bytes(limit, call.effect.width), isWrite: true, &state, call.place)
        mix(call, into: to, &state)
    }

    private func formatted(_ call: LibraryCall, _ state: inout MemoryState) {
        let format = call.argument(1)
        checkFormat(format, state, call.place)
        if format.content == "%s", let from = call.values.dropFirst(call.rest).first {
            return copyText(call, from, limit: nil, &state)
        }
        mix(call, into: call.argument(0), &state)
    }

    private func mix(_ call: LibraryCall, into to: MemoryValue, _ state: inout MemoryState) {
        for value in call.values.dropFirst(call.rest) { look(at: value, &state, call.place) }
        guard let id = to.object ?? state.pointees[to.symbol] else { return }
        state.objects[id]?.forget()
        for value in call.values.dropFirst(call.rest) where value.object != nil {
            guard let source = source(of: value, state) else { continue }
            state.objects[id]?.outside = source
            break
        }
    }
}
