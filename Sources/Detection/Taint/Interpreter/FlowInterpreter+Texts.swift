/// Texts that take in values, for sinks that are called `built text`: markup above all.
extension FlowInterpreter {
    /// A text built from values, which are looked at.
    func built(_ parts: [Value], at node: Int, _ join: ([Value]) -> Value) -> Value {
        built(join(parts), of: parts, at: node)
    }

    /// Looks at the values a text was built from.
    /// - Returns: the text, harmless for what has been looked at: what is built from it is not reported again.
    func built(_ text: Value, of parts: [Value], at node: Int) -> Value {
        guard live != nil, text.flows.contains(where: { $0.source >= 0 }) else { return text }
        var text = text
        for reference in effects(0, "built text").sinks {
            let pattern = book.rules[reference.rule].rule.sinks[reference.sink].beside
            guard let pattern, parts.contains(where: { isKnown($0, fitting: pattern) }) else { continue }
            let values = parts.filter { $0.constants == nil }
            check([reference], receiver: nil, values.map { ArgumentValue(name: nil, value: $0, node: node) }, at: node)
            text = text.cleaned(book.bit(of: reference.rule))
        }
        return text
    }

    private func isKnown(_ value: Value, fitting pattern: Pattern) -> Bool {
        let texts = value.constants.map { $0.compactMap(\.string) } ?? [value.start].compactMap { $0 }
        return texts.contains { text in
            var text = text
            return text.withUTF8 { scratch.matches(pattern, $0) }
        }
    }

    // MARK: Joining

    /// Values written one after another as text.
    func text(_ parts: [Value]) -> Value {
        let parts = parts.map { isInstance($0) ? .open : $0 }
        var result = mixture(parts).cleaned(book.textKinds | anchored(parts))
        if let wholes = wholes(parts) {
            if wholes.allSatisfy({ $0.utf8.count <= Constant.longestText }) {
                result.constants = wholes.map { .text($0) }
            }
        } else {
            result.start = beginning(parts)
        }
        return result
    }

    /// All that a text of known parts can be; nil where that is not known, or too much.
    private func wholes(_ parts: [Value]) -> [String]? {
        var wholes = [""]
        for part in parts {
            guard let constants = part.constants, wholes.count * constants.count <= Value.mostConstants else {
                return nil
            }
            wholes = wholes.flatMap { head in constants.map { head + $0.text } }
        }
        return wholes
    }

    /// A template filled with values: its text up to the first gap, then whatever fills it.
    func formatted(_ parts: [Value]) -> Value {
        guard let template = parts.prefix(2).lazy.compactMap({ $0.constant?.string }).first,
            let gap = template.firstIndex(where: { $0 == "%" || $0 == "{" }), gap > template.startIndex
        else { return mixture(parts) }
        return text([Value(.text(String(template[..<gap]))), mixture(parts)])
    }

    /// How a text made of parts begins, as far as that is known.
    func beginning(_ parts: [Value]) -> String? {
        var result = ""
        for part in parts {
            guard let text = part.constant?.text, result.utf8.count < Value.longestStart else {
                result += part.start ?? ""
                break
            }
            result += text
        }
        return result.isEmpty ? nil : String(result.prefix(Value.longestStart))
    }
}
