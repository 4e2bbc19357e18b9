import Detection
import Foundation
import OrchestratorCore
package import Reporting
import Rules

/// A page for each detection rule, made from what the installation knows of it.
package struct RulePages {
    private let library: DetectionLibrary
    private let frameworks: FrameworkLibrary

    /// Throws the errors of reading rules.
    package init(_ installation: Installation, _ frameworks: FrameworkLibrary) throws {
        library = try DetectionLibrary(installation)
        self.frameworks = frameworks
    }

    /// Nil where there is no such rule.
    package func page(of id: String) -> RulePage? {
        library.book.rules.first { $0.description.id == id }.map(page)
    }

    /// Writes `RULE.md` for each rule and `index.md`; returns the number of rules. Throws `badOutput`.
    package func write(into folder: OutputFolder) throws -> Int {
        let pages = library.book.rules.map(page)
        for page in pages { try write(page.markdown, to: "\(folder.path)/\(page.rule.id).md") }
        try write(RulePage.index(of: pages), to: "\(folder.path)/index.md")
        return pages.count
    }

    private func write(_ text: String, to path: String) throws {
        do { try Data(text.utf8).write(to: URL(filePath: path), options: .atomic) } catch {
            throw PipelineError(.badOutput, "cannot write \(path): \(error.localizedDescription)")
        }
    }

    private func page(_ rule: Rule) -> RulePage {
        RulePage(
            rule: rule.description, weakness: frameworks.weaknesses[rule.description.weakness],
            checksum: rule.checksum?.title,
            examples: rule.examples.map {
                .init(isVulnerable: $0.isVulnerable, language: $0.language, code: $0.code)
            },
            reach: frameworks.ruleSets.flatMap { ruleSet in
                ruleSet.controls.compactMap { control in
                    control.mappings.first { $0.weakness == rule.description.weakness }.map {
                        RulePage.Reach(framework: ruleSet.shortTitle, control: control, mapping: $0)
                    }
                }
            })
    }
}
