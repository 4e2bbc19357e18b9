/// Runs the functions of a file path by path and reports misuse of memory on the way.
///
/// Every path is one that the code shows: nothing is joined. What grows too large is left out, which misses findings
/// but makes none up. Unknown functions may change whatever they can reach.
final class MemoryInterpreter {
    let library: MemoryLibrary
    let linker: MemoryLinker
    private(set) var hits: [MemoryHit] = []
    private var known: Set<MemoryHit> = []

    /// The functions being run, outermost first.
    var frames: [Frame] = []
    private var steps = 0
    private var allSteps = 0
    /// By file and name; nil for records that are not known in full.
    var layouts: [String: Layout?] = [:]
    /// The doubts of the path at hand.
    var doubts = 0
    /// Above zero while something is only looked at.
    var quiet = 0

    struct Frame {
        let function: CFunction
        let call: Int
        /// The doubts of the path before the call.
        let doubts: Int
    }

    static let mostPaths = 14
    static let deepestCalls = 9
    private static let mostSteps = 2_500
    private static let mostStepsOfFile = 25_000
    /// What a called function does under more conditions that nothing decides is not believed: its caller may know
    /// better.
    private static let mostDoubts = 3

    init(_ linker: MemoryLinker, library: MemoryLibrary) {
        self.linker = linker
        self.library = library
    }

    /// The file whose code is being run.
    var file: Int { (frames.last?.function.place ?? 0) >> CLowering.fileShift }

    /// Runs every function that no other of the file calls, and those that others may call.
    func run(_ code: MemoryCode) {
        for name in code.order {
            guard let function = code.functions[name] else { continue }
            if function.isStatic && code.called.contains(name) { continue }
            steps = 0
            var state = MemoryState()
            let arguments = function.parameters.map { argument(of: $0, function, &state) }
            _ = invoke(function, arguments, state, at: function.place)
        }
    }

    /// What a function that nobody in sight calls is given.
    private func argument(of parameter: CVariable, _ function: CFunction, _ state: inout MemoryState) -> MemoryValue {
        var value = state.fresh(linker.resolved(parameter.type, file: function.place >> CLowering.fileShift))
        guard function.name == "main", parameter.type.pointers == 2 else { return value }
        var object = MemoryObject(kind: .unknown, type: parameter.type.pointee)
        object.outside = parameter.place
        object.hasEscaped = true
        value.object = state.add(object)
        value.low = 0
        value.high = 0
        return value
    }

    /// False where the work is done; callers then give the path up.
    func spend() -> Bool {
        steps += 1
        allSteps += 1
        return steps < Self.mostSteps && allSteps < Self.mostStepsOfFile
    }

    func report(_ check: MemoryCheck, at place: Int, from origin: Int? = nil, _ note: String = "") {
        guard quiet == 0 else { return }
        if frames.count > 1, doubts - frames[1].doubts > Self.mostDoubts { return }
        var shown = place
        // What happens in another file is reported where this one calls into it.
        if place >> CLowering.fileShift != 0 {
            guard let call = frames.last(where: { $0.call >> CLowering.fileShift == 0 })?.call else { return }
            shown = call
        }
        let start = origin.flatMap { $0 >> CLowering.fileShift == 0 && $0 != shown ? $0 : nil }
        // What begins and ends in another file is for the examination of that one to judge.
        if shown != place, start == nil, check.isAboutOneObject { return }
        let hit = MemoryHit(check: check, place: shown, origin: start, note: note)
        if known.insert(hit).inserted { hits.append(hit) }
    }

    // MARK: Calls

    typealias Outcome = (state: MemoryState, value: MemoryValue)

    /// Runs a function's body; one outcome for each way it returns.
    func invoke(_ function: CFunction, _ arguments: [MemoryValue], _ state: MemoryState, at place: Int) -> [Outcome] {
        var inner = state
        let outerNames = state.names
        inner.names = [:]
        frames.append(Frame(function: function, call: place, doubts: state.doubts))
        defer { frames.removeLast() }
        for (index, parameter) in function.parameters.enumerated() {
            bind(parameter, index < arguments.count ? arguments[index] : nil, &inner)
        }
        var outcomes: [Outcome] = []
        for (end, exit) in run(function.body, inner) {
            var end = end
            var value = MemoryValue.unknown
            switch exit {
            case .leave(let result): value = result
            case .goto, .end: continue
            default: break
            }
            // Whether it fails for these arguments, the caller may know.
            if value.isNull, frames.count > 1, end.doubts > state.doubts { value = end.fresh(function.result) }
            leave(&end, value, outerNames, function)
            outcomes.append((end, value))
        }
        return thinned(outcomes)
    }

    private func bind(_ parameter: CVariable, _ value: MemoryValue?, _ state: inout MemoryState) {
        let type = linker.resolved(parameter.type, file: file)
        if type.isReference, let object = value?.object, value?.type.pointers == -1 {
            state.names[parameter.name] = object
            return
        }
        let id = state.add(MemoryObject(kind: .local, name: parameter.name, type: type, place: parameter.place))
        state.names[parameter.name] = id
        let bytes = size(of: type, state)
        state.objects[id]?.size = bytes
        guard var value else { return }
        if isRecord(type) {
            copyRecord(from: value, to: id, at: 0, &state)
        } else {
            if type.pointers > 0 || type.isInteger { value.type = type }
            state.objects[id]?.cells[0] = value
        }
    }

    /// What goes with a function: its variables, and what only they held.
    private func leave(
        _ state: inout MemoryState, _ value: MemoryValue, _ outerNames: [String: Int], _ function: CFunction
    ) {
        let own = Set(state.names.values)
        state.names = outerNames
        if frames.count == 1 || !own.isEmpty { reportLeaks(&state, value, own, function) }
        for id in own where state.objects[id]?.kind == .local { state.objects[id] = nil }
    }

    /// Keeps the number of paths small; of many, the first and the last.
    func thinned<Item>(_ items: [Item]) -> [Item] {
        guard items.count > Self.mostPaths else { return items }
        return Array(items.prefix(Self.mostPaths / 2) + items.suffix(Self.mostPaths / 2))
    }
}
