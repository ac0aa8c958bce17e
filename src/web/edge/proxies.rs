//! Which machines may say for whom they speak, and what they say.

use std::net::IpAddr;

use http::HeaderMap;
use ipnet::IpNet;

use crate::web::Client;

/// From where Fly.io's proxy reaches a machine. Its private network (`fdaa::/16`) is left out: whoever else is in it is no proxy.
const FLY: [&str; 1] = ["172.16.0.0/12"];

/// From where Cloudflare reaches an origin, as it publishes it.
const CLOUDFLARE: [&str; 22] = [
    "173.245.48.0/20",
    "103.21.244.0/22",
    "103.22.200.0/22",
    "103.31.4.0/22",
    "141.101.64.0/18",
    "108.162.192.0/18",
    "190.93.240.0/20",
    "188.114.96.0/20",
    "197.234.240.0/22",
    "198.41.128.0/17",
    "162.158.0.0/15",
    "104.16.0.0/13",
    "104.24.0.0/14",
    "172.64.0.0/13",
    "131.0.72.0/22",
    "2400:cb00::/32",
    "2606:4700::/32",
    "2803:f800::/32",
    "2405:b500::/32",
    "2405:8100::/32",
    "2a06:98c0::/29",
    "2c0f:f248::/32",
];

/// How many hops are read: a longer list was not written by proxies of ours.
const MOST_HOPS: usize = 32;

/// Which header the proxies write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Written {
    /// `X-Forwarded-For`, as nearly all do; `Forwarded` only where there is none of it.
    #[default]
    XForwardedFor,
    /// `Forwarded` of RFC 7239 alone: the other one is somebody's invention then.
    Forwarded,
}

/// The machines that may say for whom they speak.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    named: Vec<IpNet>,
    fly: Vec<IpNet>,
    cloudflare: Vec<IpNet>,
    written: Written,
}

/// Where a request came through: the address that asked, and what each proxy said of encryption.
struct Hop {
    address: Option<IpAddr>,
    secure: Option<bool>,
}

impl Proxies {
    /// Reads networks, addresses and the names of presets.
    ///
    /// # Errors
    /// The first entry that is none of them.
    pub fn read(entries: &[String], written: Written) -> Result<Self, String> {
        let mut proxies = Self {
            written,
            ..Self::default()
        };
        for entry in entries {
            match entry.to_lowercase().as_str() {
                "fly" => proxies.fly = networks(&FLY),
                "cloudflare" => proxies.cloudflare = networks(&CLOUDFLARE),
                text => {
                    let network = text
                        .parse::<IpNet>()
                        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
                    proxies.named.push(network.map_err(|_| entry.clone())?);
                }
            }
        }
        Ok(proxies)
    }

    /// Whether nobody is trusted to name others.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.named.is_empty() && self.fly.is_empty() && self.cloudflare.is_empty()
    }

    /// Whether this machine may say for whom it speaks.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let all = [&self.named, &self.fly, &self.cloudflare];
        all.into_iter()
            .flatten()
            .any(|network| network.contains(&address))
    }

    /// Whether this machine may say how its client came, and does.
    #[must_use]
    pub fn tells(&self, address: IpAddr, headers: &HeaderMap) -> bool {
        self.trusts(address)
            && (headers.contains_key("x-forwarded-proto")
                || self.hops(headers).iter().any(|hop| hop.secure.is_some()))
    }

    /// Who asks: the peer itself, unless it is a proxy of ours; then the nearest hop that is none.
    #[must_use]
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Client {
        let mut client = Client::direct(peer);
        if !self.trusts(client.address) {
            return client;
        }
        let mut hops = self.hops(headers);
        let written = hops.len();
        let mut at = written;
        if is_in(&self.fly, client.address)
            && let Some(named) = address_in(headers, "fly-client-ip")
        {
            client.address = named;
            // What stands right of the one that Fly.io saw was written by Fly.io itself.
            at = hops
                .iter()
                .rposition(|hop| hop.address == Some(named))
                .unwrap_or(0);
        }
        if is_in(&self.cloudflare, client.address)
            && let Some(named) = address_in(headers, "cf-connecting-ip")
        {
            client.address = named;
            at = hops
                .iter()
                .rposition(|hop| hop.address == Some(named))
                .unwrap_or(0);
        }
        hops.truncate(at);
        while self.trusts(client.address)
            && let Some(Hop {
                address: Some(address),
                ..
            }) = hops.pop()
        {
            client.address = address;
            at = hops.len();
        }
        client.secure = self.is_secure(headers, at, written);
        client
    }

    /// The hops as the headers list them, the nearest one last.
    fn hops(&self, headers: &HeaderMap) -> Vec<Hop> {
        let plain = values(headers, "x-forwarded-for");
        if self.written == Written::XForwardedFor && !plain.is_empty() {
            let hop = |text: &String| Hop {
                address: address_of(text),
                secure: None,
            };
            return plain.iter().map(hop).collect();
        }
        values(headers, "forwarded")
            .iter()
            .map(|text| element(text))
            .collect()
    }

    /// What the proxy that `at` stands for says of the connection to the client. One word counts for all hops; several
    /// belong to one hop each, or must all say the same.
    fn is_secure(&self, headers: &HeaderMap, at: usize, written: usize) -> bool {
        if self.written == Written::Forwarded || !headers.contains_key("x-forwarded-proto") {
            let hops = self.hops(headers);
            return hops.get(at).and_then(|hop| hop.secure).unwrap_or(false);
        }
        let words = values(headers, "x-forwarded-proto");
        let is_https = |word: &String| word.eq_ignore_ascii_case("https");
        match words.as_slice() {
            [word] => is_https(word),
            several if several.len() == written => several.get(at).is_some_and(is_https),
            several => !several.is_empty() && several.iter().all(is_https),
        }
    }
}

fn networks(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}

fn is_in(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

/// The parts between commas of all headers of one name, in order.
fn values(headers: &HeaderMap, name: &str) -> Vec<String> {
    let all: Vec<String> = headers
        .get_all(name)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or("?").split(','))
        .map(|part| part.trim().to_owned())
        .collect();
    let skip = all.len().saturating_sub(MOST_HOPS);
    all.into_iter().skip(skip).collect()
}

/// The one address that a header holds; of two headers of one name neither is believed.
fn address_in(headers: &HeaderMap, name: &str) -> Option<IpAddr> {
    let mut all = headers.get_all(name).iter();
    let first = all.next()?.to_str().ok()?;
    if all.next().is_some() {
        return None;
    }
    first.trim().parse::<IpAddr>().ok().map(|one| one.to_canonical())
}

/// An address with or without a port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
fn address_of(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').map_or_else(
        || match text.split_once(':') {
            Some((host, port)) if !port.contains(':') => host,
            _ => text,
        },
        |rest| rest.split(']').next().unwrap_or(rest),
    );
    bare.parse::<IpAddr>().ok().map(|one| one.to_canonical())
}

/// One element of `Forwarded`: `for=192.0.2.1;proto=https`.
fn element(text: &str) -> Hop {
    let mut hop = Hop {
        address: None,
        secure: None,
    };
    for pair in text.split(';') {
        let Some((name, value)) = pair.trim().split_once('=') else {
            continue;
        };
        let value = value.trim().trim_matches('"');
        if name.trim().eq_ignore_ascii_case("for") {
            hop.address = address_of(value);
        } else if name.trim().eq_ignore_ascii_case("proto") {
            hop.secure = Some(value.eq_ignore_ascii_case("https"));
        }
    }
    hop
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(trusted: &str, peer: &str, headers: &[(&'static str, &str)]) -> (String, bool) {
        asked_as(Written::XForwardedFor, trusted, peer, headers)
    }

    fn asked_as(
        written: Written,
        trusted: &str,
        peer: &str,
        headers: &[(&'static str, &str)],
    ) -> (String, bool) {
        let entries: Vec<String> = trusted.split_whitespace().map(str::to_owned).collect();
        let proxies = Proxies::read(&entries, written).unwrap();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let client = proxies.client(peer.parse().unwrap(), &map);
        (client.address.to_string(), client.secure)
    }

    const XFF: &str = "x-forwarded-for";
    const PROTO: &str = "x-forwarded-proto";

    #[test]
    fn a_peer_that_is_not_trusted_speaks_for_itself() {
        let forged = [
            (XFF, "198.51.100.7"),
            ("forwarded", "for=198.51.100.7;proto=https"),
            ("fly-client-ip", "198.51.100.7"),
            ("cf-connecting-ip", "198.51.100.7"),
            ("x-real-ip", "198.51.100.7"),
            (PROTO, "https"),
        ];
        for trusted in ["", "10.0.0.0/8", "fly", "cloudflare"] {
            assert_eq!(
                asked(trusted, "203.0.113.9", &forged),
                ("203.0.113.9".to_owned(), false),
                "{trusted}"
            );
        }
    }

    #[test]
    fn the_right_most_hop_that_is_no_proxy_of_ours_asks() {
        for (peer, headers, address, secure) in [
            ("10.0.0.2", &[(XFF, "198.51.100.7")][..], "198.51.100.7", false),
            (
                "10.0.0.2",
                &[(XFF, "1.1.1.1, 198.51.100.7"), (PROTO, "https")],
                "198.51.100.7",
                true,
            ),
            // Two proxies of ours, one behind the other.
            (
                "10.0.0.2",
                &[(XFF, "1.1.1.1, 198.51.100.7, 10.9.9.9")],
                "198.51.100.7",
                false,
            ),
            // Two headers are one list.
            (
                "10.0.0.2",
                &[(XFF, "1.1.1.1"), (XFF, "198.51.100.7")],
                "198.51.100.7",
                false,
            ),
            // Only proxies of ours: the farthest.
            ("10.0.0.2", &[(XFF, "10.0.0.4, 10.0.0.3")], "10.0.0.4", false),
            // What is no address ends the walk.
            ("10.0.0.2", &[(XFF, "198.51.100.7, unknown")], "10.0.0.2", false),
            (
                "10.0.0.2",
                &[(XFF, "198.51.100.7, nonsense, 10.0.0.3")],
                "10.0.0.3",
                false,
            ),
            ("10.0.0.2", &[], "10.0.0.2", false),
            ("10.0.0.2", &[(XFF, "198.51.100.7:4711")], "198.51.100.7", false),
            ("10.0.0.2", &[(XFF, "[2001:db8::1]:4711")], "2001:db8::1", false),
            ("10.0.0.2", &[(XFF, "2001:db8::1")], "2001:db8::1", false),
            (
                "::ffff:10.0.0.2",
                &[(XFF, "::ffff:198.51.100.7")],
                "198.51.100.7",
                false,
            ),
            // A preset's header counts with its preset only.
            (
                "10.0.0.2",
                &[(XFF, "198.51.100.7"), ("cf-connecting-ip", "1.1.1.1")],
                "198.51.100.7",
                false,
            ),
            (
                "10.0.0.2",
                &[(XFF, "198.51.100.7"), ("fly-client-ip", "1.1.1.1")],
                "198.51.100.7",
                false,
            ),
        ] {
            assert_eq!(
                asked("10.0.0.0/8", peer, headers),
                (address.to_owned(), secure),
                "{peer} {headers:?}"
            );
        }
    }

    #[test]
    fn each_hop_says_how_it_was_reached() {
        for (protos, secure) in [
            ("https", true),
            ("HTTPS", true),
            ("http", false),
            ("https, http", true),
            ("http, https", false),
            ("https, https, http", false),
            ("https,https,https", true),
            ("", false),
        ] {
            // The client reached 10.0.0.3, which the list names; that one reached 10.0.0.2.
            let headers = [(XFF, "198.51.100.7, 10.0.0.3"), (PROTO, protos)];
            assert_eq!(asked("10.0.0.0/8", "10.0.0.2", &headers).1, secure, "{protos}");
        }
    }

    #[test]
    fn forwarded_is_read_where_the_other_is_not_written() {
        let forwarded = (
            "forwarded",
            "for=1.1.1.1, for=\"[2001:db8::7]:80\";proto=https;by=_x",
        );
        assert_eq!(
            asked("10.0.0.0/8", "10.0.0.2", &[forwarded]),
            ("2001:db8::7".to_owned(), true)
        );
        // A proxy that writes X-Forwarded-For hands on whatever stands in Forwarded.
        assert_eq!(
            asked("10.0.0.0/8", "10.0.0.2", &[forwarded, (XFF, "198.51.100.7")]).0,
            "198.51.100.7"
        );
        // And the other way round, where the setting says so.
        let both = [forwarded, (XFF, "1.2.3.4"), (PROTO, "http")];
        assert_eq!(
            asked_as(Written::Forwarded, "10.0.0.0/8", "10.0.0.2", &both),
            ("2001:db8::7".to_owned(), true)
        );
        for hidden in [
            "for=unknown",
            "for=_hidden;proto=http",
            "by=10.0.0.2",
            ";;",
            "for",
        ] {
            assert_eq!(
                asked("10.0.0.0/8", "10.0.0.2", &[("forwarded", hidden)]),
                ("10.0.0.2".to_owned(), false),
                "{hidden}"
            );
        }
    }

    #[test]
    fn presets_believe_the_header_of_their_house() {
        let fly = [
            (XFF, "1.1.1.1, 198.51.100.7, 66.241.124.1"),
            ("fly-client-ip", "198.51.100.7"),
            (PROTO, "https"),
        ];
        assert_eq!(
            asked("fly", "172.16.5.4", &fly),
            ("198.51.100.7".to_owned(), true)
        );
        let cloudflare = [
            (XFF, "1.1.1.1, 198.51.100.7"),
            ("cf-connecting-ip", "198.51.100.7"),
        ];
        assert_eq!(asked("cloudflare", "162.158.1.1", &cloudflare).0, "198.51.100.7");
        // Cloudflare before Fly.io.
        let both = [
            (XFF, "198.51.100.7, 162.158.1.1, 66.241.124.1"),
            ("fly-client-ip", "162.158.1.1"),
            ("cf-connecting-ip", "198.51.100.7"),
        ];
        assert_eq!(
            asked("fly,cloudflare".replace(',', " ").as_str(), "172.16.5.4", &both).0,
            "198.51.100.7"
        );
        // Somebody who goes past Cloudflare, straight to Fly.io, with Cloudflare's header.
        let past = [
            (XFF, "198.51.100.7, 203.0.113.9, 66.241.124.1"),
            ("fly-client-ip", "203.0.113.9"),
            ("cf-connecting-ip", "198.51.100.7"),
        ];
        assert_eq!(asked("fly cloudflare", "172.16.5.4", &past).0, "203.0.113.9");
        // Another proxy of ours before Fly.io.
        let own = [
            (XFF, "198.51.100.7, 203.0.113.1, 66.241.124.1"),
            ("fly-client-ip", "203.0.113.1"),
        ];
        assert_eq!(asked("fly 203.0.113.1", "172.16.5.4", &own).0, "198.51.100.7");
        // The header twice, or no address: the list decides.
        let twice = [
            (XFF, "198.51.100.7"),
            ("cf-connecting-ip", "1.1.1.1"),
            ("cf-connecting-ip", "2.2.2.2"),
        ];
        assert_eq!(asked("cloudflare", "162.158.1.1", &twice).0, "198.51.100.7");
    }

    #[test]
    fn what_is_no_network_is_named() {
        let read = |text: &str| Proxies::read(&[text.to_owned()], Written::XForwardedFor).err();
        assert_eq!(read("10.0.0.0/8"), None);
        assert_eq!(read("10.0.0.1"), None);
        assert_eq!(read("fdaa::/16"), None);
        assert_eq!(read("Fly"), None);
        assert_eq!(read("10.0.0.0/33"), Some("10.0.0.0/33".to_owned()));
        assert_eq!(read("nginx"), Some("nginx".to_owned()));
        assert_eq!(networks(&CLOUDFLARE).len(), CLOUDFLARE.len());
        assert_eq!(networks(&FLY).len(), FLY.len());
    }
}
