extension FlowInterpreter {
    func execute(_ statements: [Statement]) {
        for statement in statements {
            guard live != nil else { return }
            execute(statement)
        }
    }

    private func execute(_ statement: Statement) {
        guard work(), depth < Self.deepest else { return }
        depth += 1
        defer { depth -= 1 }
        switch statement.form {
        case .expression(let expression): _ = evaluate(expression)
        case .block(let body): execute(body)
        case .branch(let test, let then, let otherwise): branch(test, then, otherwise)
        case .loop(let test, let body, let step, let testsFirst): loop(test, body, step, testsFirst)
        case .forEach(let target, let type, let source, let body): forEach(target, type, source, body)
        case .choose(let subject, let cases): choose(subject, cases)
        case .attempt(let body, let handlers, let finally): attempt(body, handlers, finally)
        case .leave(let expression):
            leave(expression.map(evaluate) ?? Value(.null), at: here(expression?.node ?? statement.node))
        case .raise(let expression):
            if let expression { _ = evaluate(expression) }
            rememberForHandlers()
            live = nil
        case .stop: leaveLoop(again: false)
        case .again: leaveLoop(again: true)
        case .define(let index): define(index)
        }
        rememberForHandlers()
    }

    private func branch(_ test: Expression, _ then: [Statement], _ otherwise: [Statement]) {
        let truth = evaluate(test).truth
        guard let before = live else { return }
        if truth != false {
            refine(test, to: true)
            execute(then)
        }
        guard truth != true else { return }
        let after = truth == nil ? live : nil
        live = before
        refine(test, to: false)
        execute(otherwise)
        merge(after)
    }

    /// Joins another state that leads to the same point.
    func merge(_ other: State?) {
        guard let other else { return }
        charge(other)
        if live == nil { live = other } else { live?.join(other) }
    }

    // MARK: Loops

    /// Passes run one by one while the condition is known, and passes until nothing changes.
    private static let mostKnownPasses = 40
    private static let mostPasses = 6

    private func loop(_ test: Expression?, _ body: [Statement], _ step: [Statement], _ testsFirst: Bool) {
        pushLoop()
        var exit: State?
        var known = 0
        var passes = 0
        let isCounted = test.map { if case .literal = $0.form { false } else { true } } ?? false
        var skipsTest = !testsFirst
        while live != nil {
            let truth = skipsTest ? true : test.map { evaluate($0).truth } ?? true
            guard let before = live else { break }
            if truth == false {
                exit = joined(exit, before)
                live = nil
                break
            }
            if truth == nil {
                if let test { refine(test, to: false) }
                exit = joined(exit, live)
                live = before
                if let test { refine(test, to: true) }
            }
            pass(body, step)
            known += 1
            skipsTest = false
            if truth == true, isCounted, known < Self.mostKnownPasses { continue }
            passes += 1
            guard settle(before, passes) else { break }
        }
        live = joined(exit, popLoop())
    }

    /// Joins the state after a pass with the one before it.
    /// - Returns: false once nothing new can come of another pass.
    private func settle(_ before: State, _ passes: Int) -> Bool {
        guard let after = live else { return false }
        var entry = before
        let changed = entry.join(after, widening: passes > 1)
        live = entry
        return changed && passes < Self.mostPasses
    }

    private func pass(_ body: [Statement], _ step: [Statement]) {
        execute(body)
        if let again = frames[frames.count - 1].loops.last?.again {
            frames[frames.count - 1].loops[frames[frames.count - 1].loops.count - 1].again = nil
            merge(again)
        }
        execute(step)
    }

    private func forEach(_ target: Expression, _ type: String?, _ source: Expression, _ body: [Statement]) {
        let collection = evaluate(source)
        guard live != nil else { return }
        pushLoop()
        var exit = live
        var passes = 0
        while let before = live {
            var element = self.element(of: collection)
            if let type, element.path == 0 { element.path = paths.number(type) }
            assign(target, trace.extend(element, at: here(target.node)) { "an element is taken" }, type: type)
            pass(body, [])
            passes += 1
            let goesOn = settle(before, passes)
            exit = joined(exit, live)
            if !goesOn { break }
        }
        live = joined(exit, popLoop())
    }

    func joined(_ one: State?, _ two: State?) -> State? {
        guard var result = one else { return two }
        if let two {
            charge(two)
            result.join(two)
        }
        return result
    }

    private func pushLoop(isLoop: Bool = true) { frames[frames.count - 1].loops.append(LoopFrame(isLoop: isLoop)) }

    /// - Returns: the state in which the loop was left by `break`.
    private func popLoop() -> State? { frames[frames.count - 1].loops.removeLast().stopped }

    private func leaveLoop(again: Bool) {
        let frame = frames.count - 1
        let target = frames[frame].loops.lastIndex { again ? $0.isLoop : true }
        if let target {
            if again {
                frames[frame].loops[target].again = joined(frames[frame].loops[target].again, live)
            } else {
                frames[frame].loops[target].stopped = joined(frames[frame].loops[target].stopped, live)
            }
        }
        live = nil
    }

    // MARK: Switch

    private func choose(_ subject: Expression, _ cases: [Statement.Case]) {
        let value = evaluate(subject)
        guard let entry = live else { return }
        let captures = cases.contains(where: \.fallsThrough)
        if captures { pushLoop(isLoop: false) }
        let start = value.constant.flatMap { chosen($0, cases) }
        var exit: State?
        live = nil
        if value.constant != nil, !cases.contains(where: \.isOpen) {
            live = entry
            if let start { run(cases[start...], &exit) }
        } else {
            for index in cases.indices {
                let fallen = live
                live = entry
                refine(subject, oneOf: cases[index].labels)
                merge(fallen)
                run(cases[index...index], &exit)
            }
            if !cases.contains(where: { $0.labels.isEmpty && !$0.isOpen }) { merge(entry) }
        }
        merge(exit)
        if captures { merge(popLoop()) }
    }

    private func chosen(_ constant: Constant, _ cases: [Statement.Case]) -> Int? {
        let match = cases.firstIndex { $0.labels.contains { label in isEqual(label, constant) } }
        return match ?? cases.firstIndex { $0.labels.isEmpty && !$0.isOpen }
    }

    private func isEqual(_ label: Expression, _ constant: Constant) -> Bool {
        guard let other = evaluate(label).constant else { return false }
        return other == constant
    }

    private func run(_ cases: ArraySlice<Statement.Case>, _ exit: inout State?) {
        for form in cases {
            execute(form.body)
            guard !form.fallsThrough else { continue }
            exit = joined(exit, live)
            live = nil
            return
        }
    }

    // MARK: Exceptions

    private func attempt(_ body: [Statement], _ handlers: [Statement.Handler], _ finally: [Statement]) {
        guard let entry = live else { return }
        frames[frames.count - 1].attempts.append(entry)
        execute(body)
        let seen = frames[frames.count - 1].attempts.removeLast()
        var exit = live
        for handler in handlers {
            live = seen
            if let name = handler.name { live?.variables[name] = .open }
            execute(handler.body)
            exit = joined(exit, live)
        }
        live = exit
        guard !finally.isEmpty else { return }
        if live != nil { return execute(finally) }
        live = seen
        execute(finally)
        live = nil
    }

    /// Any statement may throw: handlers see what holds after each.
    private func rememberForHandlers() {
        guard let live, let frame = frames.last, !frame.attempts.isEmpty else { return }
        let index = frames.count - 1
        frames[index].attempts[frame.attempts.count - 1].join(live)
    }

    // MARK: Functions

    private func leave(_ value: Value, at node: Int) {
        guard live != nil else { return }
        checkReturn(value, at: node)
        let index = frames.count - 1
        if frames[index].returned == nil { frames[index].returned = value } else { frames[index].returned?.join(value) }
        frames[index].returnedState = joined(frames[index].returnedState, live)
        live = nil
    }

    private func define(_ number: Int) {
        let index = number + file.functionBase
        let name = functions[index].name
        live?.variables[name] = Value(function: index)
        frames[frames.count - 1].defined.append(index)
        capture(index)
    }

    /// Functions defined in the frame see its variables as they are at its end.
    func endClosures() {
        guard let frame = frames.last, frame.function != nil else { return }
        guard !frame.defined.isEmpty, let end = joined(frame.returnedState, live) else { return }
        for index in frame.defined {
            let locals = functions[index].locals
            var seen = State(variables: closures[index] ?? [:])
            seen.join(
                State(variables: locals.isEmpty ? end.variables : end.variables.filter { !locals.contains($0.key) }))
            closures[index] = seen.variables
            makings[index]?.objects = end.objects
        }
    }
}
