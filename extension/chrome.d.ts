/** What we use of the browser's extension interface, and no more. */
declare namespace chrome {
  namespace runtime {
    const id: string | undefined;
    type MessageSender = { id?: string; origin?: string; url?: string; tab?: tabs.Tab };
    type Port = { name: string; sender?: MessageSender; postMessage(message: unknown): void; disconnect(): void; onMessage: On<(message: any) => void>; onDisconnect: On<() => void> };
    const onMessage: On<(message: any, sender: MessageSender, respond: (answer: unknown) => void) => boolean | void>;
    const onConnect: On<(port: Port) => void>;
    const onStartup: On<() => void>;
    const onInstalled: On<(details: { reason: string }) => void>;
    function sendMessage(message: unknown): Promise<any>;
    function connect(info?: { name?: string }): Port;
    function getURL(path: string): string;
    function getManifest(): { version: string };
    function openOptionsPage(): Promise<void>;
  }
  type On<F> = { addListener(run: F): void; removeListener(run: F): void };
  namespace tabs {
    type Tab = { id?: number; url?: string; windowId: number };
    const onRemoved: On<(tab: number) => void>;
    const onActivated: On<(info: { tabId: number; windowId: number }) => void>;
    function query(asked: { active?: boolean; windowId?: number; url?: string }): Promise<Tab[]>;
    function create(options: { url: string }): Promise<Tab>;
    function sendMessage(tab: number, message: unknown): Promise<any>;
  }
  namespace windows {
    function create(options: { url: string; type: "popup" | "normal"; width?: number; height?: number }): Promise<unknown>;
    function getCurrent(): Promise<{ id?: number }>;
  }
  namespace alarms {
    type Alarm = { name: string; periodInMinutes?: number };
    const onAlarm: On<(alarm: Alarm) => void>;
    function get(name: string): Promise<Alarm | undefined>;
    function create(name: string, when: { periodInMinutes: number }): Promise<void>;
  }
  namespace notifications {
    type Options = { type: "basic"; iconUrl: string; title: string; message: string; contextMessage?: string; buttons?: { title: string }[] };
    const onClicked: On<(id: string) => void>;
    const onButtonClicked: On<(id: string, button: number) => void>;
    const onClosed: On<(id: string) => void>;
    function create(id: string, options: Options): Promise<string>;
    function clear(id: string): Promise<boolean>;
    function getAll(): Promise<Record<string, unknown>>;
  }
  namespace action {
    function setBadgeText(badge: { text: string }): Promise<void>;
    function setBadgeBackgroundColor(badge: { color: string }): Promise<void>;
  }
  namespace contextMenus {
    type OnClickData = { menuItemId: string | number; selectionText?: string; linkUrl?: string };
    const onClicked: On<(click: OnClickData, tab?: tabs.Tab) => void>;
    function create(entry: { id: string; contexts: ("selection" | "link")[]; title: string; targetUrlPatterns?: string[] }): void;
    function removeAll(): Promise<void>;
  }
  namespace storage {
    type Area = {
      get(keys?: string | string[] | null): Promise<Record<string, any>>;
      set(items: Record<string, unknown>): Promise<void>;
      remove(keys: string | string[]): Promise<void>;
      setAccessLevel(level: { accessLevel: "TRUSTED_CONTEXTS" | "TRUSTED_AND_UNTRUSTED_CONTEXTS" }): Promise<void>;
    };
    const local: Area;
    const session: Area;
    const managed: Pick<Area, "get">;
  }
  namespace identity {
    function getRedirectURL(path?: string): string;
    function launchWebAuthFlow(options: { url: string; interactive: boolean }): Promise<string | undefined>;
  }
  namespace sidePanel {
    function open(options: { tabId: number }): Promise<void>;
    function setPanelBehavior(behavior: { openPanelOnActionClick: boolean }): Promise<void>;
  }
  namespace i18n {
    function getMessage(name: string, places?: string[]): string;
    function getUILanguage(): string;
  }
  namespace declarativeNetRequest {
    type Rule = {
      id: number;
      action: { type: "block" };
      condition: { urlFilter: string; initiatorDomains?: string[]; isUrlFilterCaseSensitive?: boolean };
    };
    function getDynamicRules(): Promise<Rule[]>;
    function updateDynamicRules(change: { removeRuleIds: number[]; addRules: Rule[] }): Promise<void>;
  }
}
