extension MemoryInterpreter {
    enum Exit {
        case normal, stop, again, end
        case leave(MemoryValue)
        case goto(String)

        var isNormal: Bool { if case .normal = self { true } else { false } }
    }

    typealias Path = (state: MemoryState, exit: Exit)

    /// Runs statements in order; variables they declare are out of sight afterwards.
    func run(_ statements: [CStatement], _ state: MemoryState) -> [Path] {
        var live = [state]
        var done: [Path] = []
        var waiting: [String: [MemoryState]] = [:]
        let labels = Set(statements.compactMap { if case .label(let name) = $0.form { name } else { nil } })
        for statement in statements {
            if case .label(let name) = statement.form, let states = waiting.removeValue(forKey: name) {
                live = thinned(live + states)
            }
            var next: [MemoryState] = []
            for state in live {
                for path in run(statement, state) {
                    switch path.exit {
                    case .normal: next.append(path.state)
                    case .goto(let label) where labels.contains(label): waiting[label, default: []].append(path.state)
                    default: done.append(path)
                    }
                }
            }
            live = thinned(next)
            if live.isEmpty, waiting.isEmpty { break }
        }
        let names = state.names
        return done
            + live.map { live -> Path in
                var state = live
                if frames.last?.function.body.count != statements.count { state.names = names }
                return (state, .normal)
            }
    }

    private func run(_ statement: CStatement, _ state: MemoryState) -> [Path] {
        guard spend() else { return [] }
        doubts = state.doubts
        switch statement.form {
        case .expression(let expression):
            return evaluate(expression, state).map { ($0.state, .normal) }
        case .declare(let variable): return declare(variable, state).map { ($0, .normal) }
        case .block(let inner): return run(inner, state)
        case .branch(let test, let then, let otherwise): return branch(test, then, otherwise, state)
        case .loop(let start, let test, let step, let body, let testsFirst):
            return run(start, keepingNames: true, state).flatMap { path in
                loop(test, step, body, testsFirst, path.state)
            }
        case .choose(let subject, let cases): return choose(subject, cases, state)
        case .leave(let expression):
            guard let expression else { return [(state, .leave(.unknown))] }
            return evaluate(expression, state).map { ($0.state, .leave($0.value)) }
        case .stop: return [(state, .stop)]
        case .again: return [(state, .again)]
        case .goto(let label): return [(state, .goto(label))]
        case .label: return [(state, .normal)]
        }
    }

    private func run(_ statements: [CStatement], keepingNames: Bool, _ state: MemoryState) -> [Path] {
        var live = [state]
        for statement in statements { live = live.flatMap { run(statement, $0).map(\.state) } }
        return live.map { ($0, .normal) }
    }

    // MARK: Branches

    private func branch(
        _ test: CExpression, _ then: [CStatement], _ otherwise: [CStatement]?, _ state: MemoryState
    ) -> [Path] {
        let calls = state.unknownCalls
        let yes = assume(test, state, true)
        let no = assume(test, state, false)
        var taken = yes.flatMap { run(then, $0) }
        // A branch that ends with a call of a function nobody knows may be the end of the program.
        if otherwise == nil, !no.isEmpty, endsInCall(then) {
            taken.removeAll { $0.exit.isNormal && $0.state.unknownCalls > calls }
        }
        let rest = no.flatMap { state in otherwise.map { run($0, state) } ?? [(state, .normal)] }
        return thinned(taken + rest)
    }

    private func endsInCall(_ statements: [CStatement]) -> Bool {
        guard let last = statements.last, case .expression(let expression) = last.form else { return false }
        if case .call = expression.form { return true }
        return false
    }

    private func choose(
        _ subject: CExpression, _ cases: [(labels: [CExpression?], body: [CStatement])], _ state: MemoryState
    ) -> [Path] {
        evaluate(subject, state).flatMap { outcome -> [Path] in
            var entries: [(index: Int, state: MemoryState)] = []
            var rest: [MemoryState] = [outcome.state]
            var standard: Int?
            for (index, item) in cases.enumerated() {
                guard let label = item.labels.first, let label else {
                    standard = index
                    continue
                }
                let equal = CExpression(place: label.place, form: .binary("==", subject, label))
                for state in rest { entries += assume(equal, state, true).map { (index, $0) } }
                rest = rest.flatMap { assume(equal, $0, false) }
            }
            let other: [Path] = standard == nil ? rest.map { ($0, .normal) } : []
            if let standard { entries += rest.map { (standard, $0) } }
            let paths = thinned(entries).flatMap { entry in
                run(cases[entry.index...].flatMap(\.body), entry.state).map { path -> Path in
                    if case .stop = path.exit { return (path.state, .normal) }
                    return path
                }
            }
            return thinned(paths + other)
        }
    }

    // MARK: Loops

    private func loop(
        _ test: CExpression?, _ step: CExpression?, _ body: [CStatement], _ testsFirst: Bool, _ state: MemoryState
    ) -> [Path] {
        var done: [Path] = []
        var entering = [state]
        if testsFirst, let test {
            done += assume(test, state, false).map { ($0, .normal) }
            entering = assume(test, state, true)
        }
        var again: [MemoryState] = []
        for state in entering where counter(test, step, body, state) == nil {
            pass(run(body, state), step, &again, &done)
        }
        for state in entering {
            guard let counter = counter(test, step, body, state) else { continue }
            counted(counter, step, body, state, &done)
        }
        for state in thinned(again) {
            if let test {
                done += assume(test, state, false).map { ($0, .normal) }
                guard !assume(test, state, true).isEmpty else { continue }
            }
            var general = state
            forget(body, test, step, &general)
            var ends: [MemoryState] = []
            for state in test.map({ assume($0, general, true) }) ?? [general] {
                pass(run(body, state), step, &ends, &done)
            }
            for state in ends {
                var last = state
                forget(body, test, step, &last)
                if let test { done += assume(test, last, false).map { ($0, .normal) } }
            }
        }
        return thinned(done)
    }

    private func pass(_ paths: [Path], _ step: CExpression?, _ again: inout [MemoryState], _ done: inout [Path]) {
        for path in thinned(paths) {
            switch path.exit {
            case .normal, .again:
                again += step.map { evaluate($0, path.state).map(\.state) } ?? [path.state]
            case .stop: done.append((path.state, .normal))
            default: done.append(path)
            }
        }
    }

    struct LoopCounter {
        let object: Int
        let first: Int128
        let last: Int128
        let after: Int128
        let isSure: Bool
        let type: CType
        let isOutside: Int?
    }

    /// The variable that counts the passes of `for (i = a; i < b; i++)`, with its bounds; nil for other loops, and for
    /// such as are passed through at most once.
    private func counter(
        _ test: CExpression?, _ step: CExpression?, _ body: [CStatement], _ state: MemoryState
    ) -> LoopCounter? {
        guard let test, let step, case .change(let target, by: 1, _) = step.form, case .name(let name) = target.form,
            case .binary(let sign, let left, let right) = test.form, sign == "<" || sign == "<=",
            case .name(name) = left.form, let object = state.names[name],
            let start = state.objects[object]?.cells[0]?.number
        else { return nil }
        quiet += 1
        let bound = evaluate(right, state).first?.value
        quiet -= 1
        guard let bound, bound.object == nil, bound.unit == nil, bound.isExact, !isChanged(name, body) else {
            return nil
        }
        let last = sign == "<" ? bound.high - 1 : bound.high
        guard last > start else { return nil }
        return LoopCounter(
            object: object, first: start, last: last, after: last + 1, isSure: !canLeave(body),
            type: state.objects[object]?.type ?? .int, isOutside: bound.outside)
    }

    /// Runs the body once for all values of the counter.
    private func counted(
        _ counter: LoopCounter, _ step: CExpression?, _ body: [CStatement], _ state: MemoryState, _ done: inout [Path]
    ) {
        var general = state
        forget(body, nil, nil, &general)
        var value = MemoryValue(
            low: counter.first, high: counter.last, isExact: counter.isSure, type: counter.type)
        value.outside = counter.isOutside
        general.objects[counter.object]?.cells[0] = value
        for path in thinned(run(body, general)) {
            switch path.exit {
            case .normal, .again:
                var state = path.state
                var after = MemoryValue(counter.after, type: counter.type)
                // A loop that can be left early may always be.
                after.isExact = counter.isSure
                state.objects[counter.object]?.cells[0] = after
                done.append((state, .normal))
            case .stop: done.append((path.state, .normal))
            default: done.append(path)
            }
        }
    }
}
