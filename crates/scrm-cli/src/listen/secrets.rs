//! What pushes are verified with: from the profile or the environment, as credentials are.

use std::collections::BTreeMap;

use clap::ArgMatches;
use scrm_core::spec::VendorSpec;
use scrm_push::{Delivery, ParameterSeal, Plain, Protection, Seal, WechatSeal};

use super::channels;
use crate::{failure::Failure, language::both, profile};

/// Names by which something is given: in a profile, and in the environment.
struct Named {
    profile: String,
    env: String,
}

impl Named {
    /// What belongs to a channel: `push_token`, `XIAOE_PUSH_TOKEN`.
    fn of(delivery: &Delivery, what: &str) -> Named {
        let profile = format!("{}_{what}", delivery.channel);
        let env = format!("{}_{profile}", delivery.vendor).to_uppercase();
        Named { profile, env }
    }

    /// A credential of the vendor's.
    fn credential(vendor: &VendorSpec, name: &str) -> Option<Named> {
        let credential = vendor.credentials.iter().find(|credential| credential.name == name)?;
        Some(Named { profile: credential.name.to_owned(), env: credential.env.to_owned() })
    }
}

/// Whether a name of a profile is about what the vendor sends, and so no credential.
pub(crate) fn is_for(vendor: &str, name: &str) -> bool {
    let own = channels::of(vendor).map(|channel| ["token", "key"].map(|what| Named::of(channel.delivery, what)));
    own.into_iter().flatten().any(|named| named.profile == name || named.env == name)
}

/// What requests of a channel are verified by.
pub(crate) fn seal(delivery: &'static Delivery, vendor: &'static VendorSpec, matches: &ArgMatches) -> Result<Box<dyn Seal>, Failure> {
    if matches.get_flag("unverified") {
        return Ok(Box::new(Plain));
    }
    let given = Given::of(vendor, matches)?;
    match delivery.protection {
        Protection::Wechat => {
            let id = vendor.credentials.iter().find(|credential| !credential.secret).and_then(|id| Named::credential(vendor, id.name));
            let (token, key) = (given.get(&Named::of(delivery, "token"))?, given.get(&Named::of(delivery, "key"))?);
            let any = matches.get_flag("any-id");
            let id = id.filter(|_| !any).map(|id| given.get(&id)).transpose()?;
            let seal = WechatSeal::new(token, &key, id.unwrap_or_default())
                .map_err(|wrong| Failure::wrong_use(both!("{wrong}", "推送的密钥不能用：{wrong}")))?;
            Ok(Box::new(if any { seal.any_id() } else { seal }))
        }
        Protection::Parameters => {
            let secret = vendor.signatures.first().and_then(|signature| Named::credential(vendor, signature.secret.1));
            let secret = secret
                .ok_or_else(|| Failure::failed(both!("no credential of this vendor signs parameters", "这个厂商没有用于签名的凭据")))?;
            Ok(Box::new(ParameterSeal::new(given.get(&secret)?)))
        }
        Protection::None => Ok(Box::new(Plain)),
        other => Err(Failure::failed(both!("{other:?}: this program knows no such protection", "{other:?}：程序不认识这种保护方式"))),
    }
}

/// What was given, by whichever name.
struct Given {
    profile: BTreeMap<String, String>,
}

impl Given {
    fn of(vendor: &'static VendorSpec, matches: &ArgMatches) -> Result<Given, Failure> {
        let profile = matches.get_one::<String>("profile").cloned().or_else(|| std::env::var("SCRM_PROFILE").ok());
        let profile = profile.map(|profile| profile::settings(&profile, vendor.name)?.values()).transpose()?;
        Ok(Given { profile: profile.unwrap_or_default() })
    }

    fn get(&self, named: &Named) -> Result<String, Failure> {
        let Named { profile, env } = named;
        let found = self.profile.get(profile).or_else(|| self.profile.get(env)).cloned();
        let found = found.or_else(|| std::env::var(env).ok()).filter(|value| !value.is_empty());
        found.ok_or_else(|| {
            Failure::wrong_use(both!(
                "{env} is not set, nor {profile} in a profile: pushes cannot be verified without. The vendor's console shows it; --unverified takes what anybody sends",
                "没有设置 {env}，配置文件里也没有 {profile}：没有它就无法验证推送。可在厂商后台查到；--unverified 则接收任何人发来的内容"
            ))
        })
    }
}
