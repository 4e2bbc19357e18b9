package import OrchestratorCore

/// Replaces secrets and personal data in text that is stored, shown or sent.
package struct Redactor: Sendable {
    /// One thing to hide: what it is called and where it stands.
    struct Form: Sendable {
        let name: String
        let pattern: Pattern
        /// The group that is replaced; where it is unset, or 0, the whole match is.
        let group: Int
        /// Texts of which one occurs wherever the pattern can match; empty where none is known.
        var gate: [LiteralAutomaton.Entry] = []
    }

    private let forms: [Form]
    /// Finds which forms need not be tried: there are a hundred of them, and most texts have none.
    private let gates: LiteralAutomaton

    init(_ forms: [Form]) {
        self.forms = forms
        gates = LiteralAutomaton(forms.flatMap(\.gate))
    }

    /// Everything the rules of a book treat as secret, and the forms listed in `rulesets/redaction.yaml`.
    package init(forms: [RedactionForm], rules: [Rule]) {
        // Rules look at single lines, the redactor at whole stretches.
        let secrets = rules.enumerated().compactMap { index, rule -> Form? in
            guard case .lexical(let lexical) = rule.match, lexical.secret != nil,
                let pattern = try? Pattern(lexical.pattern.source, multiline: true)
            else { return nil }
            let gate = rule.gate.entries(tag: index)
            return Form(name: "secret", pattern: pattern, group: pattern.group("secret") ?? 0, gate: gate)
        }
        self.init(
            secrets + forms.map { Form(name: $0.name, pattern: $0.pattern, group: $0.pattern.group("secret") ?? 0) })
    }

    /// The text of `bytes` with each secret, and each of the `known` byte ranges, replaced by `[redacted NAME]`.
    /// Bytes that are not UTF-8 become U+FFFD.
    package func redact(
        _ bytes: UnsafeBufferPointer<UInt8>, known: [Range<Int>] = [], scratch: PatternScratch
    ) -> String {
        let spans = known.map { (range: $0.clamped(to: 0..<bytes.count), name: "secret") } + spans(in: bytes, scratch)
        return replace(spans, in: bytes)
    }

    /// Where secrets and personal data stand. A part of a file is redacted with those of the whole, since a secret may
    /// begin in one part and end in another.
    package func secrets(in bytes: UnsafeBufferPointer<UInt8>, scratch: PatternScratch) -> [Range<Int>] {
        spans(in: bytes, scratch).map(\.range)
    }

    private func spans(
        in bytes: UnsafeBufferPointer<UInt8>, _ scratch: PatternScratch
    ) -> [(range: Range<Int>, name: String)] {
        var spans: [(range: Range<Int>, name: String)] = []
        var open: Set<Int> = []
        gates.scan(bytes) { tag, _ in open.insert(tag) }
        for form in forms where form.gate.first.map({ open.contains($0.tag) }) ?? true {
            var start = 0
            while let groups = scratch.firstMatch(of: form.pattern, in: bytes, from: start), let whole = groups[0] {
                let range = form.group < groups.count ? groups[form.group] ?? whole : whole
                spans.append((range, form.name))
                start = whole.upperBound > start ? whole.upperBound : start + 1
            }
        }
        return spans
    }

    private func replace(
        _ spans: [(range: Range<Int>, name: String)], in bytes: UnsafeBufferPointer<UInt8>
    ) -> String {
        var output = ""
        var position = 0
        for span in spans.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) where !span.range.isEmpty {
            // Overlapping spans: whatever of this one is not hidden yet joins the mark before it.
            if span.range.lowerBound >= position {
                output += String(decoding: bytes[position..<span.range.lowerBound], as: UTF8.self)
                output += "[redacted \(span.name)]"
            }
            // Lines keep their numbers.
            let hidden = max(position, span.range.lowerBound)..<max(position, span.range.upperBound)
            output += String(repeating: "\n", count: bytes[hidden].count { $0 == UInt8(ascii: "\n") })
            position = max(position, span.range.upperBound)
        }
        return output + String(decoding: bytes[position...], as: UTF8.self)
    }
}

/// A named pattern of `rulesets/redaction.yaml`. Its group `secret`, else the whole match, is hidden.
package struct RedactionForm: Sendable {
    let name: String
    let pattern: Pattern

    /// Reads the file: a mapping with the key `forms`, a list of `{name, pattern}`.
    package static func load(
        _ text: String, file: String, reader: any MarkedDocumentReader
    ) throws(DocumentError) -> [RedactionForm] {
        var document = try MappingReader(reader.read(text, file: file))
        let nodes = try document.elements("forms")
        try document.finish()
        return try nodes.map { (node) throws(DocumentError) in
            var fields = try MappingReader(node)
            let name = try fields.string("name")
            let source = try fields.string("pattern")
            try fields.finish()
            do {
                return RedactionForm(name: name, pattern: try Pattern(source, multiline: true))
            } catch {
                throw DocumentError(node.mark, "'pattern' is not a pattern: \(error)")
            }
        }
    }
}
