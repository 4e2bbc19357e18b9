import Foundation
package import OrchestratorCore
import Rules
import Settings
package import Store

/// Reads an organisation's own rule sets from files and keeps them in the catalogue of a state.
package struct RuleSetImporter: Sendable {
    private let library: FrameworkLibrary
    private let catalog: CatalogStore

    /// Bytes above which a file is refused; the largest framework has 0.3 MB.
    private static let largestFile = 8 * 1024 * 1024

    /// Throws what opening a `FrameworkLibrary` throws.
    package init(_ installation: Installation, _ catalog: CatalogStore) throws {
        library = try FrameworkLibrary(installation, catalog)
        self.catalog = catalog
    }

    /// Keeps the rule sets of some files, all or none; overlays may extend each other in any order.
    /// - Throws: `badConfiguration` for a file that cannot be read, `DocumentError` with the place of the first error.
    package func importFiles(_ files: [String]) throws -> [RuleSet] {
        let ruleSets = try read(files)
        try catalog.recordOwn(ruleSets)
        return ruleSets
    }

    /// True for the id of an installed framework, which an own rule set may not take.
    func isInstalled(_ id: String) -> Bool { library.ruleSets.contains { $0.id == id } }

    /// The rule sets of some files, checked as for an import, but not kept. Throws like `importFiles`.
    package func read(_ files: [String]) throws -> [RuleSet] {
        let loader = RuleSetLoader(reader: YAMLReader(), weaknesses: library.weaknesses)
        let documents = try files.map { file in
            let document = try loader.document(try Self.text(file), file: file)
            guard Self.isName(document.id) else {
                throw DocumentError(
                    document.mark,
                    "'id' must be lower-case letters, digits, dots and dashes, found '\(document.id)'")
            }
            if isInstalled(document.id) {
                throw DocumentError(
                    document.mark, "'\(document.id)' is an installed rule set; an own one needs an id of its own")
            }
            return document
        }
        return try RuleSetResolver(documents, known: { try? library.ruleSet($0) }).resolve()
    }

    /// Withdraws an imported rule set from later scans; runs that used it keep it. Throws `unknownRuleSet`.
    package func remove(_ id: String) throws {
        guard try catalog.withdrawOwn(id) > 0 else {
            let known = library.own.map(\.id)
            throw PipelineError(
                .unknownRuleSet,
                "no imported rule set '\(id)'; imported are: \(known.isEmpty ? "none" : known.joined(separator: ", "))")
        }
    }

    /// The rule set of a name, or of a file where the name looks like one. Throws like `importFiles`, `unknownRuleSet`.
    package func ruleSet(_ name: String) throws -> RuleSet {
        guard name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml") else {
            return try library.ruleSet(name)
        }
        let loader = RuleSetLoader(reader: YAMLReader(), weaknesses: library.weaknesses)
        let document = try loader.document(try Self.text(name), file: name)
        return try RuleSetResolver([document], known: { try? library.ruleSet($0) }).resolve()[0]
    }

    private static func text(_ file: String) throws -> String {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file)
        if let size = attributes?[.size] as? Int, size > largestFile {
            throw PipelineError(.badConfiguration, "\(file) has \(size) bytes; a rule set has at most \(largestFile)")
        }
        do { return try String(contentsOfFile: file, encoding: .utf8) } catch {
            throw PipelineError(.badConfiguration, "cannot read \(file): \(error.localizedDescription)")
        }
    }

    /// Ids stand in options, file names and links.
    private static func isName(_ id: String) -> Bool {
        id.utf8.first.map { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "-") } == true && id.utf8.count <= 64
            && id.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".")
                    || $0 == UInt8(ascii: "-")
            }
    }
}
