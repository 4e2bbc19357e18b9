package import Foundation

/// The project's own folders, as seen from this file.
package enum ProjectFolder {
    package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    package static let fixtures = root.appending(path: "Tests/Fixtures")
    package static let packs = root.appending(path: ".packs")
    package static let rulesets = root.appending(path: "rulesets")
    /// The build folder of the running tests.
    package static let build: URL = {
        var folder = URL(filePath: ProcessInfo.processInfo.arguments[0]).resolvingSymlinksInPath()
        while folder.pathComponents.count > 1, !folder.lastPathComponent.hasPrefix(".build") {
            folder.deleteLastPathComponent()
        }
        return folder.pathComponents.count > 1 ? folder : root.appending(path: ".build")
    }()
}
