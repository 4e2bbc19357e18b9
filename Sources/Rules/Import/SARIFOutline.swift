package import OrchestratorCore

/// A SARIF document without its results: everything that results refer to.
package struct SARIFOutline: Sendable {
    package internal(set) var runs: [SARIFRun] = []
    /// Of all runs; results name their rule by its place here.
    package internal(set) var rules: [ImportedRule] = []
    /// Results of all runs.
    package internal(set) var results = 0

    /// Names with versions, sorted, each once.
    package var tools: [String] { Set(runs.map(\.tool)).sorted() }

    /// What the import is called unless the user says: the tools with the category that they give.
    package var name: String {
        Set(runs.map { run in run.category.isEmpty ? run.name : "\(run.name)/\(run.category)" }).sorted()
            .joined(separator: "+")
    }
}

/// One run of a tool.
package struct SARIFRun: Sendable {
    /// Without and with its version.
    var name = ""
    var tool = ""
    /// What tells several runs of a tool over the same repository apart; mostly empty.
    var category = ""
    /// The driver's and its extensions' rules as places in the outline's.
    var components: [Component] = [Component()]
    /// Placeholder -> what stands for it.
    var bases: [String: Base] = [:]
    var artifacts: [Artifact] = []
    var countsUTF16 = true

    /// A part of the tool that brings rules.
    struct Component: Sendable {
        var name = ""
        var rules: [Int] = []
        var byID: [String: Int] = [:]
    }

    struct Base: Sendable {
        let uri: String?
        let parent: String?
    }

    struct Artifact: Sendable {
        let uri: String?
        let base: String?
        /// SHA-256 of the content the tool saw, lower-case; nil where it does not say.
        let hash: String?
    }

    /// The rule a result belongs to: by what it names, which may be a rule's id and more, else by its place.
    /// - Parameter component: the extension that the place counts in; nil for the driver.
    func rule(id: String?, index: Int?, component: Int?) -> Int? {
        let own = component.map { $0 < components.count - 1 ? max(0, $0 + 1) : 0 } ?? 0
        for place in [own] + components.indices where id != nil {
            var name = Substring(id ?? "")
            while true {
                if let known = components[place].byID[String(name)] { return known }
                guard let slash = name.lastIndex(of: "/") else { break }
                name = name[..<slash]
            }
        }
        guard let index, components[own].rules.indices.contains(index) else { return nil }
        return components[own].rules[index]
    }
}
