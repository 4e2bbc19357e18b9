extension FlowInterpreter {
    /// Looks at the arguments of a call to sinks.
    func check(_ sinks: [FlowBook.SinkRef], receiver: Value?, _ values: [ArgumentValue], at node: Int) {
        for reference in sinks {
            let sink = book.rules[reference.rule].rule.sinks[reference.sink]
            guard sink.conditions.allSatisfy({ holds($0, values) }) else { continue }
            var checked = sink.takesReceiver ? [receiver].compactMap { $0 } : []
            for (position, value) in values.enumerated() where counts(value, position, sink.arguments) {
                checked.append(value.value)
            }
            if dialect.functionsAreValues || dialect.dropsPackages { checked += options(values, sink.arguments) }
            for value in checked { check(value, reference.rule, sink, at: node) }
        }
    }

    /// What options given as an object say under the names that count.
    private func options(_ values: [ArgumentValue], _ keys: [ArgumentKey]) -> [Value] {
        keys.flatMap { key -> [Value] in
            guard case .name(let name) = key else { return [] }
            return values.compactMap { field(name, of: $0.value) }
        }
    }

    private func counts(_ value: ArgumentValue, _ position: Int, _ keys: [ArgumentKey]) -> Bool {
        if keys.isEmpty { return true }
        if let name = value.name { return keys.contains(.name(name)) }
        return keys.contains(.position(position))
    }

    func holds(_ condition: FlowSink.Condition, _ values: [ArgumentValue]) -> Bool {
        let value: Value?
        switch condition.key {
        case .position(let position): value = position < values.count ? values[position].value : nil
        case .name(let name):
            value =
                values.first { $0.name == name }?.value
                ?? values.lazy.compactMap { self.field(name, of: $0.value) }.first
        }
        guard let value else { return condition.holdsIfAbsent }
        guard let constants = value.constants else { return holds(condition, of: value) }
        return constants.contains { condition.values.contains($0.text) }
    }

    /// The value is named, or a list that holds, one of what is looked for.
    private func holds(_ condition: FlowSink.Condition, of value: Value) -> Bool {
        if value.path != 0, condition.values.contains(paths.text(value.path)) { return true }
        return value.objects.contains { id in
            live?.objects[id]?.items?.contains { item in
                (item.constants?.contains { condition.values.contains($0.text) } ?? false)
                    || (item.path != 0 && condition.values.contains(paths.text(item.path)))
            } ?? false
        }
    }

    private func field(_ name: String, of value: Value) -> Value? {
        value.objects.lazy.compactMap { self.live?.objects[$0]?.fields[name] }.first
    }

    private func check(_ value: Value, _ rule: Int, _ sink: FlowSink, at node: Int) {
        guard live != nil else { return }
        let place = FlowPlace(rule: rule, node: node)
        if let pattern = sink.matches { return check(value, against: pattern, place) }
        if let pattern = sink.starts, !begins(value, pattern) { return note(place, isHarmless: true) }
        let bit = book.bit(of: rule)
        let from = book.rules[rule].rule.from
        let reaching = (sink.isFlat ? value : deep(value)).flows.filter { $0.clean & bit == 0 }
        note(place, isHarmless: reaching.isEmpty)
        for flow in reaching {
            if from.contains(kind(flow)) { return report(FlowHit(rule: rule, node: node, step: flow.step)) }
        }
    }

    /// The kind of source a value comes from; empty for what is unknown.
    private func kind(_ flow: Flow) -> String {
        if flow.source >= 0 { return trace.origins[flow.source].source.kind }
        return flow.step == Flow.passedIn ? FlowRule.parameter : ""
    }

    /// Whether the known beginning of a text fits; nothing known is an empty beginning.
    private func begins(_ value: Value, _ pattern: Pattern) -> Bool {
        var text = value.beginning ?? ""
        return text.withUTF8 { scratch.matches(pattern, $0) }
    }

    /// A known value is the harm: a weak algorithm's name.
    private func check(_ value: Value, against pattern: Pattern, _ place: FlowPlace) {
        guard let constants = value.constants else { return note(place, isHarmless: false) }
        let weak = constants.contains { constant in
            var text = constant.text
            return text.withUTF8 { scratch.matches(pattern, $0) }
        }
        note(place, isHarmless: !weak)
        if weak { report(FlowHit(rule: place.rule, node: place.node, step: -1)) }
    }

    /// Looks at what a function marked as a request's handler returns.
    func checkReturn(_ value: Value, at node: Int) {
        guard frames.count == 1, let index = frames[0].function else { return }
        let function = functions[index]
        let marks = function.marks + (function.owner.map { classes[$0].marks } ?? [])
        guard !marks.isEmpty else { return }
        for (position, entry) in book.rules.enumerated() {
            for sink in entry.rule.sinks {
                guard case .returns(let signatures) = sink.place else { continue }
                let fits = marks.contains { mark in
                    let (owner, name) = Self.split(mark)
                    return signatures.contains { Self.fits($0, owner, name) }
                }
                if fits { check(page(value), position, sink, at: node) }
            }
        }
    }

    /// What of a returned value is sent as it is: of a tuple its first part, of a mapping nothing.
    private func page(_ value: Value) -> Value {
        guard value.objects.count == 1, let object = live?.objects[value.objects[0]] else {
            var content = value.content
            content.start = value.beginning
            return content
        }
        return object.items?.first ?? value.content
    }

    /// Looks at what is stored in sessions and the like.
    func checkStore(_ value: Value, key: Value?, ownerPath: String, name: String, at node: Int) {
        guard book.hasStores, book.doubtsStores || value.isSuspicious || key?.isSuspicious ?? false else { return }
        for reference in storeSinks(ownerPath, name) {
            let sink = book.rules[reference.rule].rule.sinks[reference.sink]
            for value in [value, key].compactMap({ $0 }) { check(value, reference.rule, sink, at: node) }
        }
    }

    private func storeSinks(_ owner: String, _ name: String) -> [FlowBook.SinkRef] {
        let path = owner + "." + name
        if let known = storeSinkCache[path] { return known }
        let found = book.stores.filter { store in store.signatures.contains { Self.fits($0, owner, name) } }.map(\.sink)
        storeSinkCache[path] = found
        return found
    }
}

extension Value {
    /// Whether anything from a source may be in it.
    fileprivate var isSuspicious: Bool { !objects.isEmpty || flows.contains { $0.source >= 0 } }
}
