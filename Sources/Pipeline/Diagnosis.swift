import Detection
import Foundation
import Ingestion
import OrchestratorCore
import Store
import SyntaxTree
import Tokens

/// What a machine has of the things a scan uses.
package struct Diagnosis: Sendable {
    package struct Check: Sendable {
        package enum State: String, Sendable {
            case present
            /// A scan goes on without it.
            case missing
            /// A scan cannot go on.
            case broken
        }

        package let part: String
        package let state: State
        package let detail: String
        /// What its absence costs; empty where it is present.
        package let consequence: String
    }

    private let state: String

    /// - Parameter state: the state folder to look at.
    package init(state: String) { self.state = state }

    package func checks() async -> [Check] {
        let installation: Installation
        do { installation = try Installation() } catch {
            return [broken("installation", "\(error)", "Nothing can be scanned.")]
        }
        return [
            present("program", "secorch \(Installation.version)"), present("home", installation.home),
            rules(installation), frameworks(installation), grammars(installation), vocabulary(installation),
            await git(), printer(), stateFolder(),
        ]
    }

    private func present(_ part: String, _ detail: String) -> Check {
        Check(part: part, state: .present, detail: detail, consequence: "")
    }

    private func broken(_ part: String, _ detail: String, _ consequence: String) -> Check {
        Check(part: part, state: .broken, detail: detail, consequence: consequence)
    }

    private func rules(_ installation: Installation) -> Check {
        do {
            let library = try DetectionLibrary(installation)
            return present("rules", "\(library.book.descriptions.count) detection rules, \(library.digest)")
        } catch {
            return broken("rules", "\(error)", "Nothing can be scanned until the rule file is mended.")
        }
    }

    private func frameworks(_ installation: Installation) -> Check {
        do {
            let files = try installation.documents(in: "rulesets/frameworks")
            return present("frameworks", "\(files.count) files")
        } catch {
            return broken("frameworks", "\(error)", "Findings cannot be mapped to controls.")
        }
    }

    private func grammars(_ installation: Installation) -> Check {
        do {
            _ = try GrammarLibrary(path: installation.grammars)
            return present("grammars", "version \((try? installation.packVersion("grammars")) ?? "unknown")")
        } catch {
            return Check(
                part: "grammars", state: .missing, detail: error.context,
                consequence:
                    "Only lexical rules run, files are cut at line ends, and every report says so. 'make build' installs them."
            )
        }
    }

    private func vocabulary(_ installation: Installation) -> Check {
        do {
            _ = try Vocabulary(path: installation.vocabulary)
            return present(
                "vocabulary", "Qwen byte pairs, version \((try? installation.packVersion("vocabularies")) ?? "unknown")"
            )
        } catch {
            return Check(
                part: "vocabulary", state: .missing, detail: error.context,
                consequence: "Token counts are upper bounds instead of exact. 'make build' installs it.")
        }
    }

    private func git() async -> Check {
        if let version = await GitVersion.installed() { return present("git", version) }
        return Check(
            part: "git", state: .missing, detail: "no git on PATH",
            consequence: "Folders are read as if they were no git work trees: no .gitignore, no commit, no --since.")
    }

    private func printer() -> Check {
        do {
            return present("pdf", try PagePrinter().program)
        } catch {
            return Check(
                part: "pdf", state: .missing, detail: "neither Chromium nor WeasyPrint on PATH",
                consequence: "Reports cannot be written as PDF; every other format can.")
        }
    }

    private func stateFolder() -> Check {
        do {
            let folder = try StateFolder(state)
            _ = try CatalogStore(state: folder)
            return present("state", "\(state), \(folder.repositories.count) repositories")
        } catch {
            return broken("state", "\(error)", "Runs cannot be recorded; choose another folder with --state.")
        }
    }
}
