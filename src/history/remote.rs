//! Addresses of remotes → one spelling without secrets.

/// The repository that a remote's address names, as `host/owner/repository`.
///
/// - Shape: at least two path components after the host; the host in lower case and without port, the path as
///   written; no scheme, user, password, query, trailing `/` or `.git`.
/// - Accepts: `https://`, `http://`, `git://`, `ssh://`, `git+ssh://`, `user@host:path`, and `host/owner/repository`
///   as logs write it.
/// - `None`: local paths and anything else that names no host.
#[must_use]
pub fn normalise_remote(address: &str) -> Option<String> {
    let address = address.trim();
    let (rest, has_scheme) = match address.split_once("://") {
        Some((scheme, rest)) => {
            let scheme = scheme.to_ascii_lowercase();
            let known = ["https", "http", "git", "ssh", "git+ssh", "ssh+git", "git+https", "git+http"];
            known.contains(&scheme.as_str()).then_some((rest, true))?
        }
        None => (address, false),
    };
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    let (host, path) = if has_scheme { rest.split_once('/')? } else { split_bare(rest)? };
    // Credentials end at the last `@`: a password may hold one.
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = match host.split_once(':') {
        Some((name, _port)) => name,
        None => host,
    };
    let host = host.to_ascii_lowercase();
    let host_ok = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c));
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path).trim_end_matches('/');
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let path_ok = parts.len() >= 2 && parts.iter().all(|part| *part != "." && *part != ".." && *part != "~");
    (host_ok && path_ok).then(|| format!("{host}/{}", parts.join("/")))
}

/// Whether a reference to a repository may name one that has these remotes; without a reference or remotes it may.
///
/// Host, owner and name are compared one by one, ignoring case. `shop` or `acme/shop` names a repository on any host, and
/// `acme/shop` does not name `notacme/shop`.
#[must_use]
pub fn may_name(reference: Option<&str>, remotes: &[String]) -> bool {
    let Some(reference) = reference else { return true };
    let with_host = normalise_remote(reference);
    let names = |remote: &String| match &with_host {
        Some(reference) => remote.eq_ignore_ascii_case(reference),
        None => {
            let path = remote.split_once('/').map_or("", |(_host, path)| path);
            let name = path.rsplit('/').next().unwrap_or(path);
            [path, name].iter().any(|known| known.eq_ignore_ascii_case(reference))
        }
    };
    remotes.is_empty() || remotes.iter().any(names)
}

/// Splits an address without scheme: `user@host:path`, `host:path` or `host.tld/path`.
fn split_bare(address: &str) -> Option<(&str, &str)> {
    if address.starts_with(['/', '.', '~', '\\']) || address.contains('\\') {
        return None;
    }
    let (host, path) = match (address.find(':'), address.find('/')) {
        // A colon before any slash is scp's; a single letter before it is a Windows drive.
        (Some(colon), slash) if slash.is_none_or(|slash| colon < slash) => {
            let (host, path) = (&address[..colon], &address[colon + 1..]);
            (host.len() > 1).then_some((host, path))?
        }
        (_, Some(slash)) => {
            let (host, path) = (&address[..slash], &address[slash + 1..]);
            host.contains('.').then_some((host, path))?
        }
        _ => return None,
    };
    Some((host, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_of_one_remote_are_one() {
        for address in [
            "https://github.com/Org/repo",
            "https://GitHub.com/Org/repo.git",
            "https://user:se@cret@github.com/Org/repo.git/",
            "https://x-access-token:abc@github.com:443/Org/repo?x=1",
            "http://github.com//Org//repo",
            "ssh://git@github.com:22/Org/repo.git",
            "git+ssh://git@github.com/Org/repo.git",
            "git://github.com/Org/repo.git",
            "git@github.com:Org/repo.git",
            "github.com:Org/repo",
            "github.com/Org/repo",
            " git@github.com:/Org/repo.git ",
        ] {
            assert_eq!(normalise_remote(address).as_deref(), Some("github.com/Org/repo"), "{address}");
        }
        assert_eq!(normalise_remote("git@host:a/b/c.git").as_deref(), Some("host/a/b/c"));
    }

    #[test]
    fn a_reference_is_compared_with_remotes_part_by_part() {
        let remotes = ["github.com/notacme/shop".to_owned(), "gitlab.acme.org/tools/deploy/shop-api".to_owned()];
        for reference in ["notacme/shop", "NotAcme/Shop", "shop", "https://github.com/notacme/shop.git"] {
            assert!(may_name(Some(reference), &remotes), "{reference}");
        }
        assert!(may_name(Some("tools/deploy/shop-api"), &remotes));
        for reference in ["acme/shop", "op", "/shop", "deploy/shop-api", "gitlab.com/notacme/shop", "com/notacme/shop"]
        {
            assert!(!may_name(Some(reference), &remotes), "{reference}");
        }
        assert!(may_name(None, &remotes) && may_name(Some("acme/shop"), &[]));
    }

    #[test]
    fn local_paths_and_fragments_name_no_remote() {
        for address in [
            "",
            "/srv/git/repo.git",
            "../repo",
            "./a/b",
            "C:\\src\\repo",
            "C:/src/repo",
            "file:///srv/git/repo.git",
            "org/repo",
            "repo",
            "https://github.com/org",
            "https://github.com",
            "git@:a/b",
            "host:../a/b",
        ] {
            assert_eq!(normalise_remote(address), None, "{address}");
        }
    }
}
