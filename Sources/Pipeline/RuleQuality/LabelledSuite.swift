import Foundation
import OrchestratorCore

/// Cases of which somebody said whether they are weak: what rules are measured by.
package struct LabelledSuite: Sendable {
    /// One case: the file whose name, up to its first dot, is the case's.
    struct Case: Sendable {
        let name: String
        let category: String
        let isReal: Bool
        /// CWE number.
        let weakness: Int
    }

    /// A part of the cases, by the SHA-256 of their names: rules are tuned on one half and judged by the other.
    package enum Half: String, Sendable, CaseIterable {
        case dev, test, all
    }

    /// By name.
    let cases: [String: Case]

    /// Reads lines of `name,category,true|false,cwe`; empty lines and those that begin with `#` are passed over.
    /// - Throws: `badConfiguration` with the place of the first line that is none of these.
    package init(file: String, half: Half) throws(PipelineError) {
        let text: String
        do { text = try String(contentsOfFile: file, encoding: .utf8) } catch {
            throw PipelineError(.badConfiguration, "cannot read \(file): \(error.localizedDescription)")
        }
        var cases: [String: Case] = [:]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard let name = fields.first, !name.isEmpty, !name.hasPrefix("#") else { continue }
            guard fields.count >= 4, let isReal = Bool(fields[2]), let weakness = Int(fields[3]) else {
                throw PipelineError(
                    .badConfiguration, "\(file):\(index + 1): expected 'name,category,true|false,CWE number'")
            }
            guard half == .all || half == Self.half(of: name) else { continue }
            let entry = Case(name: name, category: fields[1], isReal: isReal, weakness: weakness)
            guard cases.updateValue(entry, forKey: name) == nil else {
                throw PipelineError(.badConfiguration, "\(file):\(index + 1): the case '\(name)' stands there twice")
            }
        }
        guard !cases.isEmpty else { throw PipelineError(.badConfiguration, "\(file) has no cases") }
        self.cases = cases
    }

    static func half(of name: String) -> Half { Digest(of: name).hex.first.map { $0 < "8" } == true ? .dev : .test }

    /// The case a file belongs to.
    func entry(for path: RepositoryPath) -> Case? {
        cases[String(decoding: path.name.prefix { $0 != UInt8(ascii: ".") }, as: UTF8.self)]
    }
}
