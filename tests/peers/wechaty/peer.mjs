// A real Wechaty puppet service for tests: the server is the real one, the puppet behind it is a mock that records.
//
//   node peer.mjs --port 18788 --token insecure_test [--tls] [--no-echo]
//
// Law: one JSON object a line, commands on stdin, records on stdout; nothing else is ever printed there.
// `down` and `up` stop and start the server within the process; freezing and killing is done from outside.
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { FileBox } from 'file-box'
import { log } from 'wechaty-puppet'
import { PuppetMock, mock } from 'wechaty-puppet-mock'
import { PuppetServer } from 'wechaty-puppet-service'
import { TLS_CA_CERT } from './node_modules/wechaty-puppet-service/dist/esm/src/auth/ca.js'   // not exported

log.level('silent')
const { values: arg } = parseArgs({ options: {
  port: { type: 'string' },
  token: { type: 'string', default: 'insecure_test' },
  tls: { type: 'boolean', default: false },
  'no-echo': { type: 'boolean', default: false },
} })
const emit = (type, data = {}) => process.stdout.write(JSON.stringify({ type, ...data }) + '\n')

const BOT = 'bot_wxid'
const CONTACTS = [
  [BOT, '邻里小助手', true],
  ['alice_wxid', '陈阿姨', true],
  ['bob_wxid', 'Bob Li', true],
  ['stranger_wxid', '路人王', false],   // no friend: sending fails
  ['gone_wxid', '已删好友', true],      // has deleted the bot: the puppet learns it at sending
  ['odd_wxid', '怪人', true],           // sending fails and nobody knows why
]
const ROOMS = [
  ['yangguang@chatroom', '阳光花园3栋', [BOT, 'alice_wxid', 'bob_wxid', 'stranger_wxid']],
  ['heshan@chatroom', '赫山5组', [BOT, 'bob_wxid']],
]
const ALIASES = { 'yangguang@chatroom alice_wxid': '3栋502陈', [`yangguang@chatroom ${BOT}`]: '小邻' }
const fresh = () => ({ payloads: 0, quiet: false, deaf: false, slow: 0, wrote: new Set() })
const state = { ids: 0, sent: 0, ...fresh() }

class RecordingPuppet extends PuppetMock {
  ding (data) { if (!state.deaf) setImmediate(() => this.emit('dong', { data: data || '' })) }

  // PuppetMock drops the ids of a mention and returns no id: record them and return one, as real puppets do.
  async messageSendText (conversationId, text, mentionIdList) {
    if (conversationId === 'stranger_wxid' && !state.wrote.has(conversationId)) throw new Error('not friend')
    if (conversationId === 'gone_wxid') throw new Error('对方开启了好友验证，你还不是他（她）好友')
    if (conversationId === 'odd_wxid') throw new Error('boom')
    state.sent += 1
    const id = `out-${state.sent}`
    const where = conversationId.includes('@') ? { roomId: conversationId } : { listenerId: conversationId }
    create({ id, talkerId: BOT, type: 7, text, mentionIdList, ...where })
    if (!arg['no-echo']) setImmediate(() => this.emit('message', { messageId: id }))
    if (!state.quiet) emit('rpc', { kind: 'messageSendText', id, conversationId, text, mentionIdList })
    if (state.slow) await new Promise(resolve => setTimeout(resolve, state.slow))
    return id
  }

  async messageRawPayload (id) { state.payloads += 1; return super.messageRawPayload(id) }
  async messageImage (id) { return this.messageFile(id) }
  async messageLocation (id) { return { accuracy: 15, latitude: 28.6, longitude: 112.4, ...extras.get(id) } }
  async messageUrl (id) { return extras.get(id) }
  async messageMiniProgram (id) { return extras.get(id) }
  async roomMemberRawPayload (roomId, id) {
    const { avatar, name } = await this.contactPayload(id)
    return { avatar, id, name, roomAlias: ALIASES[`${roomId} ${id}`] || '' }
  }
}

const extras = new Map()
const mocker = new mock.Mocker()
const create = payload => mocker.MessageMock.create({ timestamp: Date.now(), ...payload })

// An environment runs on every start of the puppet, so it must be idempotent.
mocker.use(function neighbourhood () {
  for (const [id, name, friend] of CONTACTS) {
    if (!mocker.cacheContactPayload.has(id)) mocker.createContact({ id, name, friend, alias: '', type: 1 })
  }
  for (const [id, topic, memberIdList] of ROOMS) {
    if (!mocker.cacheRoomPayload.has(id)) mocker.createRoom({ id, topic, memberIdList: [...memberIdList], ownerId: BOT, adminIdList: [] })
  }
  mocker.login(mocker.ContactMock.load(BOT))
  emit('started')
  return () => emit('stopped')
})

const puppet = new RecordingPuppet({ mocker })
const newServer = () => new PuppetServer({
  endpoint: `127.0.0.1:${arg.port}`, puppet, token: arg.token, tls: { disable: !arg.tls },
})
let server = newServer()

function hear ({ talker, room, to, id, extra, ...payload }) {
  state.ids += 1
  const messageId = id || `in-${state.ids}`
  if (extra) extras.set(messageId, extra)
  if (to === BOT) state.wrote.add(talker)
  create({ id: messageId, talkerId: talker, ...(room ? { roomId: room } : { listenerId: to || BOT }), type: 7, ...payload })
  puppet.emit('message', { messageId })
  return messageId
}

const commands = {
  say ({ mention = [], count = 1, text, ...rest }) {
    for (let i = 0; i < count; i++) hear({ ...rest, text: count > 1 ? `${text} ${i}` : text, mentionIdList: mention })
  },
  hear,                                                    // any payload: type, text, filename, extra
  again ({ id }) { puppet.emit('message', { messageId: id }) },
  file ({ name, base64, type, ...rest }) {
    const id = `file-${++state.ids}`
    mocker.cacheFileBoxPayload.set(id, FileBox.fromBase64(base64, name).toJSON())
    hear({ ...rest, id, filename: name, type })
  },
  topic ({ room, text, by }) { mocker.RoomMock.load(room).topic(text).by(mocker.ContactMock.load(by)) },
  join ({ room, who, by }) { mocker.RoomMock.load(room).add(mocker.ContactMock.load(who)).by(mocker.ContactMock.load(by)) },
  leave ({ room, who }) { mocker.RoomMock.load(room).remove(mocker.ContactMock.load(who)).by(mocker.ContactMock.load(who)) },
  rename ({ who, name }) { mocker.cacheContactPayload.get(who).name = name; puppet.dirtyPayload(2, who) },
  befriend ({ who }) {
    mocker.cacheContactPayload.get(who).friend = true
    state.wrote.add(who)
    puppet.emit('friendship', { friendshipId: 'f' })
  },
  event ({ name, payload }) { puppet.emit(name, payload) },
  async logout () { await puppet.logout('kicked from another device') },
  login () { puppet.login(BOT) },
  deaf ({ on }) { state.deaf = on },                       // the server answers, the puppet does not
  slow ({ ms }) { state.slow = ms },                       // accept a sending, answer late
  quiet ({ on }) { state.quiet = on },
  async reset () {                                         // the neighbourhood as it was at the start
    Object.assign(state, fresh())
    for (const [id, name, friend] of CONTACTS) Object.assign(mocker.cacheContactPayload.get(id), { name, friend })
    for (const [id, topic, memberIdList] of ROOMS) Object.assign(mocker.cacheRoomPayload.get(id), { topic, memberIdList: [...memberIdList] })
    for (const kind of ['contact', 'room', 'roomMember']) puppet.cache[kind].clear()
    if (!puppet.isLoggedIn) puppet.login(BOT)
    emit('reset')
  },
  stat () { emit('stat', { sent: state.sent, payloads: state.payloads, rss: process.memoryUsage().rss }) },
  async down () { await server.stop(); emit('down') },
  async up () { server = newServer(); await server.start(); emit('listening') },
  async quit () { await server.stop(); await puppet.stop(); process.exit(0) },
}

process.on('SIGTERM', () => process.exit(0))
process.on('unhandledRejection', error => process.stderr.write(`unhandledRejection ${error?.stack || error}\n`))
await puppet.start()
await server.start()
emit('listening', { port: Number(arg.port), ca: TLS_CA_CERT })
for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue
  const { cmd, ...rest } = JSON.parse(line)
  try { await commands[cmd](rest) } catch (error) { emit('error', { cmd, message: String(error?.stack || error) }) }
}
process.exit(0)
