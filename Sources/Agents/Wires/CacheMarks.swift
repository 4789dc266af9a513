import Base

/// Where Anthropic is asked to keep the prefix: after tools and the shared part of system, after the
/// last message of the user and after the one before, which the last request wrote.
enum CacheMarks {
    // A mark is looked for at most 20 blocks back ("Prompt caching", look-back), so a turn with
    // more blocks needs the spare mark between.
    private static let reach = 20

    /// `shared` blocks of system are other requests' too; nil for all.
    static func place(
        in body: inout JSON.Members, _ cache: ModelRequest.Cache, shared: Int? = nil
    ) {
        let mark: JSON =
            cache == .long ? ["type": "ephemeral", "ttl": "1h"] : ["type": "ephemeral"]
        for key in ["system", "tools"] {
            guard var items = body[key]?.arrayValue, let end = items.indices.last else { continue }
            let wanted = key == "system" ? shared ?? items.count : items.count
            // The rest of system is kept with the messages.
            guard wanted > 0 else { continue }
            let last = min(wanted - 1, end)
            items[last] = items[last].marked(mark)
            body[key] = .array(items)
            break
        }
        guard var messages = body["messages"]?.arrayValue else { return }
        let users = messages.indices.filter { messages[$0]["role"]?.stringValue == "user" }
        for index in users.suffix(2) { messages[index] = messages[index].marking(nil, mark) }
        if users.count > 1, let last = users.last {
            let between = messages[(users[users.count - 2] + 1)..<last].reduce(0) {
                $0 + ($1["content"]?.arrayValue?.count ?? 0)
            }
            let count = messages[last]["content"]?.arrayValue?.count ?? 0
            if between + count >= reach, count > 1 {
                let place = min(max(0, reach - 1 - between), count - 2)
                messages[last] = messages[last].marking(place, mark)
            }
        }
        body["messages"] = .array(messages)
    }
}

extension JSON {
    fileprivate func marked(_ mark: JSON) -> JSON {
        guard case .object(var members) = self else { return self }
        members["cache_control"] = mark
        return .object(members)
    }

    /// The message with its block at that place marked; the last one for nil.
    fileprivate func marking(_ place: Int?, _ mark: JSON) -> JSON {
        guard case .object(var members) = self, var content = members["content"]?.arrayValue,
            let index = place ?? content.indices.last
        else { return self }
        content[index] = content[index].marked(mark)
        members["content"] = .array(content)
        return .object(members)
    }
}
