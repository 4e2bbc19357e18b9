/// Draws a chart as inline SVG. Colours come from the page's classes, so that dark mode and print apply; the figures
/// stand in the picture and in its description, so that nobody depends on colour.
extension Chart {
    private static let width = 520
    private static let totalWidth = 56
    /// The label stands above its bar, so that a phone shows both at a size one can read.
    private static let labelHeight = 21
    private static let barHeight = 22
    private static let pitch = 54
    private static let legendPitch = 24

    var svg: String {
        let legendRows = legendPlaces
        let height = bars.count * Self.pitch + (legendRows.last.map { $0.y + 14 } ?? 0) + 10
        let label = HTMLText.escape("\(title). \(description)")
        var output = "<figure class=\"chart\"><figcaption>\(HTMLText.escape(title))</figcaption>"
        output += "<svg viewBox=\"0 0 \(Self.width) \(height)\" role=\"img\" aria-label=\"\(label)\">"
        for (index, bar) in bars.enumerated() { output += draw(bar, y: index * Self.pitch + 4) }
        for (entry, place) in zip(legend, legendRows) {
            let y = bars.count * Self.pitch + place.y
            output += "<rect class=\"\(entry.kind)\" x=\"\(place.x)\" y=\"\(y)\" width=\"12\" height=\"12\" rx=\"2\"/>"
            output +=
                "<text class=\"legend\" x=\"\(place.x + 18)\" y=\"\(y + 10)\">\(HTMLText.escape(entry.label))</text>"
        }
        return output + "</svg></figure>"
    }

    /// The figures in words, for those who do not see the picture.
    private var description: String {
        bars.map { bar in
            let parts = bar.segments.filter { $0.value > 0 }.map { "\($0.value) \($0.label)" }
            return "\(bar.label): \(parts.isEmpty ? "none" : parts.joined(separator: ", "))."
        }.joined(separator: " ")
    }

    private func draw(_ bar: Bar, y: Int) -> String {
        let room = Self.width - Self.totalWidth
        let top = y + Self.labelHeight
        let scale = showsShares ? bar.total : max(1, bars.map(\.total).max() ?? 1)
        var output = "<text class=\"label\" x=\"0\" y=\"\(y + 14)\">\(HTMLText.escape(bar.label))</text>"
        output += "<rect class=\"track\" x=\"0\" y=\"\(top)\" width=\"\(room)\" height=\"\(Self.barHeight)\" rx=\"3\"/>"
        var sum = 0
        for segment in bar.segments where segment.value > 0 && scale > 0 {
            // Both ends are rounded from the running sum, so that no gap and no overlap appears.
            let start = room * sum / scale
            sum += segment.value
            let length = room * sum / scale - start
            output +=
                "<rect class=\"\(segment.kind)\" x=\"\(start)\" y=\"\(top)\" width=\"\(max(2, length))\" height=\"\(Self.barHeight)\">"
            output += "<title>\(HTMLText.escape("\(bar.label): \(segment.value) \(segment.label)"))</title></rect>"
            if length >= 30 {
                output +=
                    "<text class=\"value on-\(segment.kind)\" x=\"\(start + length / 2)\" y=\"\(top + 16)\">\(segment.value)</text>"
            }
        }
        return output + "<text class=\"total\" x=\"\(Self.width)\" y=\"\(top + 16)\">\(bar.total)</text>"
    }

    /// Where the legend's entries go: as many to a row as fit.
    private var legendPlaces: [(x: Int, y: Int)] {
        var x = 0
        var y = 6
        return legend.map { entry in
            let width = 36 + entry.label.count * 8
            if x + width > Self.width {
                x = 0
                y += Self.legendPitch
            }
            defer { x += width }
            return (x, y)
        }
    }
}
