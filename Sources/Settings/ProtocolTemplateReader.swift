import OrchestratorCore

/// Reads a provider's `template`: the custom protocol, described by data. A placeholder that nothing would fill is
/// refused here, since it would be sent as it stands.
enum ProtocolTemplateReader {
    /// `hasKey` says whether the provider is configured with a secret.
    static func read(_ node: MarkedNode, hasKey: Bool) throws(DocumentError) -> ProtocolTemplate {
        var fields = try MappingReader(node)
        let pathNode = try fields.required("path")
        let path = try pathNode.string(for: "path")
        guard ProtocolTemplate.isPath(path) else {
            throw DocumentError(pathNode.mark, "'path' must start with a slash and hold no white space and no '#'")
        }
        let headers = try headers(fields.optional("headers"), hasKey: hasKey, node.mark)
        let bodyNode = try fields.required("body")
        guard case .mapping = bodyNode else {
            throw DocumentError(bodyNode.mark, "'body' must be a mapping, found \(bodyNode.kind)")
        }
        var used: Set<String> = []
        let body = try json(bodyNode, &used)
        guard !used.isDisjoint(with: ["prompt", "messages"]) else {
            throw DocumentError(bodyNode.mark, "'body' must hold {{prompt}} or {{messages}}, or nothing would be asked")
        }
        let answer = try answer(try fields.required("answer"))
        try fields.finish()
        return ProtocolTemplate(path: path, headers: headers, body: body, answer: answer)
    }

    // MARK: Headers

    private static func headers(
        _ node: MarkedNode?, hasKey: Bool, _ place: MarkedNode.Mark
    ) throws(DocumentError) -> [ProtocolTemplate.Header] {
        var headers: [ProtocolTemplate.Header] = []
        var pairs: [(key: String, keyMark: MarkedNode.Mark, value: MarkedNode)] = []
        if let node {
            guard case .mapping(let found, _) = node else {
                throw DocumentError(node.mark, "'headers' must be a mapping of names to values, found \(node.kind)")
            }
            pairs = found
        }
        var sendsKey = false
        for pair in pairs {
            let value = try pair.value.string(for: pair.key)
            guard ProtocolTemplate.isHeaderName(pair.key) else {
                throw DocumentError(pair.keyMark, "'headers': '\(pair.key)' is no header name")
            }
            guard ProtocolTemplate.isHeaderValue(value) else {
                throw DocumentError(
                    pair.value.mark, "'headers': '\(pair.key)' has a value that is not one line of ASCII")
            }
            for name in placeholders(value) {
                guard name == "key" else {
                    throw DocumentError(
                        pair.value.mark, "'\(pair.key)': a header takes {{key}} only, found {{\(name)}}")
                }
                guard hasKey else {
                    throw DocumentError(pair.value.mark, "'\(pair.key)': {{key}} needs the provider's 'api_key'")
                }
                sendsKey = true
            }
            headers.append(.init(name: pair.key, value: value))
        }
        guard sendsKey || !hasKey else {
            throw DocumentError(place, "'headers': none holds {{key}}, so the provider's 'api_key' would never be sent")
        }
        return headers
    }

    // MARK: Body

    /// Plain scalars become what they look like in JSON; quoted ones and everything else are text.
    private static func json(_ node: MarkedNode, _ used: inout Set<String>) throws(DocumentError) -> JSON {
        switch node {
        case .scalar(let text, let isPlain, let mark):
            for name in placeholders(text) {
                guard ProtocolTemplate.placeholders.contains(name) else {
                    let known = ProtocolTemplate.placeholders.sorted().map { "{{\($0)}}" }.joined(separator: ", ")
                    throw DocumentError(mark, "'body': unknown placeholder {{\(name)}}; expected one of \(known)")
                }
                used.insert(name)
            }
            return isPlain ? plain(node, text) : .string(text)
        case .sequence(let nodes, _):
            var elements: [JSON] = []
            for node in nodes { elements.append(try json(node, &used)) }
            return .array(elements)
        case .mapping(let pairs, _):
            var members: [JSON.Member] = []
            for pair in pairs { members.append(JSON.Member(pair.key, try json(pair.value, &used))) }
            return .object(members)
        }
    }

    private static func plain(_ node: MarkedNode, _ text: String) -> JSON {
        if node.isNull { return .null }
        switch try? JSONParser.parse(text) {
        case .bool(let value)?: return .bool(value)
        case .number(let digits)?: return .number(digits)
        default: return .string(text)
        }
    }

    /// The names between double braces, known or not. Braces around anything but a name are text.
    private static func placeholders(_ text: String) -> [String] {
        text.ranges(of: "{{").compactMap { open in
            guard let close = text[open.upperBound...].firstRange(of: "}}") else { return nil }
            let name = text[open.upperBound..<close.lowerBound]
            let isName = !name.isEmpty && name.utf8.allSatisfy { (97...122).contains($0) || $0 == 95 }
            return isName ? String(name) : nil
        }
    }

    // MARK: Answer

    private static func answer(_ node: MarkedNode) throws(DocumentError) -> ProtocolTemplate.AnswerPaths {
        var fields = try MappingReader(node)
        var paths = ProtocolTemplate.AnswerPaths(text: try path(&fields, "text") ?? "")
        guard !paths.text.isEmpty else { throw DocumentError(node.mark, "expected the key 'text'") }
        paths.finish = try path(&fields, "finish")
        let lengthValues = try fields.strings("length_values")
        if !lengthValues.isEmpty { paths.lengthValues = lengthValues }
        paths.inputTokens = try path(&fields, "input_tokens")
        paths.outputTokens = try path(&fields, "output_tokens")
        paths.cachedTokens = try path(&fields, "cached_tokens")
        paths.model = try path(&fields, "model")
        paths.error = try path(&fields, "error")
        try fields.finish()
        return paths
    }

    private static func path(_ fields: inout MappingReader, _ key: String) throws(DocumentError) -> String? {
        guard let node = fields.optional(key) else { return nil }
        let text = try node.string(for: key)
        guard text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty }) else {
            throw DocumentError(
                node.mark, "'\(key)' must be a path such as choices.0.message.content, found '\(text)'")
        }
        return text
    }
}
