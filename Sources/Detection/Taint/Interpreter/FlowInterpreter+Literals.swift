/// Objects and lists as they are written down.
extension FlowInterpreter {
    func mapping(_ pairs: [(Expression, Expression)], at node: Int) -> Value {
        var object = HeapObject.emptyMap
        for (key, value) in pairs {
            let isSpread = if case .mixture(let parts) = key.form { parts.isEmpty } else { false }
            let (key, value) = (evaluate(key), evaluate(value))
            if isSpread, !value.objects.isEmpty {
                if !value.flows.isEmpty { object.addRest(value.content) }
                for id in value.objects {
                    for (name, inner) in live?.objects[id]?.fields ?? [:] { object.fields[name] = inner }
                    if let rest = live?.objects[id]?.rest { object.addRest(rest) }
                }
            } else if let key = key.constant, object.fields.count < 200 {
                object.fields[key.text] = value
            } else {
                object.addRest(value)
            }
        }
        return Value(objects: [allocate(node, object)])
    }

    func comprehension(
        _ element: Expression, _ target: Expression, _ source: Expression, _ tests: [Expression], at node: Int
    ) -> Value {
        let collection = evaluate(source)
        let item = trace.extend(self.element(of: collection), at: here(target.node)) { "an element is taken" }
        assign(target, item, type: nil)
        for test in tests {
            _ = evaluate(test)
            refine(test, to: true)
        }
        var object = HeapObject()
        object.addRest(evaluate(element))
        return Value(objects: [allocate(node, object)])
    }

    /// The kinds of sink for which an address is harmless whose start is known: `"/a/" + x`, `base + "/a/" + x`.
    func anchored(_ parts: [Value]) -> UInt64 {
        guard book.anchoredKinds != 0, parts.count > 1 else { return 0 }
        if let text = parts[0].constant?.string { return Self.leadsTo(text) ? book.anchoredKinds : 0 }
        guard parts[0].flows.allSatisfy({ $0.source < 0 }), let next = parts[1].constant?.string else { return 0 }
        return next.hasPrefix("/") || next.hasPrefix("?") ? book.anchoredKinds : 0
    }

    /// Whether an address that starts so leads to a known host.
    private static func leadsTo(_ text: String) -> Bool {
        if text.hasPrefix("?") || text.hasPrefix("#") { return true }
        if text.hasPrefix("/"), text.count > 1 { return !text.hasPrefix("//") && !text.hasPrefix("/\\") }
        guard let scheme = text.firstRange(of: "://") else { return false }
        let rest = text[scheme.upperBound...]
        return rest.contains("/") && !rest.hasPrefix("/")
    }
}
