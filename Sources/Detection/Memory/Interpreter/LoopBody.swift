/// What a loop's body does to variables, found without running it.
struct LoopBody {
    /// Assigned variables: those that only move one way, by the direction, and all others.
    private(set) var moved: [String: Int] = [:]
    private(set) var changed: Set<String> = []
    private(set) var canLeave = false

    mutating func read(_ statements: [CStatement]) { for statement in statements { read(statement) } }

    private mutating func read(_ statement: CStatement) {
        switch statement.form {
        case .expression(let expression): read(expression)
        case .declare(let variable): if let value = variable.value { read(value) }
        case .block(let inner): read(inner)
        case .branch(let test, let then, let otherwise):
            read(test)
            read(then)
            read(otherwise ?? [])
        case .loop(let start, let test, let step, let body, _):
            let before = canLeave
            read(start)
            read([test, step].compactMap { $0 })
            read(body)
            canLeave = before
        case .choose(let subject, let cases):
            let before = canLeave
            read(subject)
            for item in cases { read(item.body) }
            canLeave = before
        case .leave(let value):
            canLeave = true
            if let value { read(value) }
        case .stop, .goto: canLeave = true
        case .again, .label: break
        }
    }

    private mutating func read(_ expressions: [CExpression]) { for expression in expressions { read(expression) } }

    mutating func read(_ expression: CExpression) {
        switch expression.form {
        case .change(let target, let direction, _):
            if case .name(let name) = target.form { move(name, direction) } else { read(target) }
        case .assign(let target, let value, let operation):
            read(value)
            guard case .name(let name) = target.form else { return read(target) }
            if operation == "+" {
                move(name, 1)
            } else if operation == "-" {
                move(name, -1)
            } else {
                changed.insert(name)
            }
        case .address(let inner):
            if case .name(let name) = inner.form { changed.insert(name) } else { read(inner) }
        case .negative(let inner), .not(let inner), .complement(let inner), .dereference(let inner),
            .cast(_, let inner), .destroy(let inner, _), .member(let inner, _, _):
            read(inner)
        case .binary(_, let left, let right), .element(let left, let right): read([left, right])
        case .call(let function, let arguments): read([function] + arguments)
        case .conditional(let test, let yes, let no): read([test, yes, no])
        case .sequence(let parts), .list(let parts), .opaque(let parts): read(parts)
        case .make(_, let count, _): if let count { read(count) }
        default: break
        }
    }

    private mutating func move(_ name: String, _ direction: Int) {
        if let known = moved[name], known != direction { changed.insert(name) }
        moved[name] = direction
    }
}

extension MemoryInterpreter {
    func isChanged(_ name: String, _ body: [CStatement]) -> Bool {
        var reader = LoopBody()
        reader.read(body)
        return reader.changed.contains(name) || reader.moved[name] != nil
    }

    func canLeave(_ body: [CStatement]) -> Bool {
        var reader = LoopBody()
        reader.read(body)
        return reader.canLeave
    }

    /// Forgets what any number of passes may have changed.
    func forget(_ body: [CStatement], _ test: CExpression?, _ step: CExpression?, _ state: inout MemoryState) {
        var reader = LoopBody()
        reader.read(body)
        for expression in [test, step].compactMap({ $0 }) { reader.read(expression) }
        for name in reader.changed.sorted() {
            guard let id = state.names[name], let object = state.objects[id], !object.type.isArray else { continue }
            state.objects[id]?.cells = [:]
            state.objects[id]?.rest = .unknown
        }
        for (name, direction) in reader.moved.sorted(by: { $0.key < $1.key }) where !reader.changed.contains(name) {
            guard let id = state.names[name], var value = state.objects[id]?.cells[0] else { continue }
            if direction > 0 { value.high = MemoryValue.greatest } else { value.low = MemoryValue.least }
            if value.object == nil, let bounds = value.type.bounds {
                value.low = max(value.low, bounds.0)
                value.high = min(value.high, bounds.1)
            }
            value.isExact = false
            value.isComputed = true
            state.objects[id]?.cells[0] = value
        }
    }
}
