import Detection
import OrchestratorCore
import Rules

/// Gathers what a run observed: counts, and a handful of places per kind.
struct ObservationSummary {
    private let book: ObservationBook
    private var tallies: [String: Tally] = [:]

    /// Places shown per kind, and of those per file.
    private static let shown = 5
    private static let shownPerFile = 2
    /// Kinds of personal data that must be named, none of them decisive, before it counts as processed: one field called
    /// `email` is in many programs that keep nothing of people.
    private static let neededKinds = 2

    private struct Tally {
        var places = 0
        var counted = 0
        var first: [ObservedPlace] = []
        var passedOver: [ObservedPlace] = []
    }

    init(_ book: ObservationBook) { self.book = book }

    /// Call by path and line.
    mutating func add(_ path: RepositoryPath, _ observation: Observation) {
        let counts = !isPassedOver(path)
        let place = ObservedPlace(path: path, line: observation.line, text: observation.text)
        var tally = tallies[observation.kind] ?? Tally()
        tally.places += 1
        if counts {
            tally.counted += 1
            Self.keep(place, in: &tally.first)
        } else {
            Self.keep(place, in: &tally.passedOver)
        }
        tallies[observation.kind] = tally
    }

    private static func keep(_ place: ObservedPlace, in places: inout [ObservedPlace]) {
        guard places.count < shown, places.filter({ $0.path == place.path }).count < shownPerFile else { return }
        places.append(place)
    }

    /// True below folders, and in files, whose names say that they are no part of the product.
    private func isPassedOver(_ path: RepositoryPath) -> Bool {
        path.text.lowercased().split(separator: "/").contains { component in
            component.split(whereSeparator: { ".-_".contains($0) }).contains { book.passedOver.contains(String($0)) }
                || book.passedOver.contains(String(component))
        }
    }

    /// Every kind of hint, and the kinds of personal data that were seen.
    var kinds: [ObservedKind] {
        book.kinds.compactMap { kind in
            let tally = tallies[kind.id] ?? Tally()
            if kind.topic == .personalData, tally.places == 0 { return nil }
            return ObservedKind(
                kind: kind, places: tally.places, counted: tally.counted,
                examples: Array((tally.first + tally.passedOver).prefix(Self.shown)))
        }
    }

    /// What was declared; where nothing was, what the source shows.
    func personalData(declared: ControlMapper.PersonalData) -> ControlMapper.PersonalData {
        guard declared == .undeclared else { return declared }
        let seen = kinds.filter { $0.kind.topic == .personalData && $0.counted > 0 }
        return seen.count >= Self.neededKinds || seen.contains { $0.kind.isDecisive } ? .detected : .undeclared
    }
}
